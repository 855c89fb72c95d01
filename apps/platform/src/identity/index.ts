import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { oidcCallback, signInAtProvider } from './oidc-routes.ts';
import { forgetSessions } from './sessions-job.ts';
import { me, signInByLink, signOut } from './sign-in.ts';

export const routes: readonly Route[] = [signInByLink, signInAtProvider, oidcCallback, signOut, me];
export const jobs: readonly Job[] = [forgetSessions];
