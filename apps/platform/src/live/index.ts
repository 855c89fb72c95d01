// The live picture: what units say now, and who may watch.
import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { overview } from './overview.ts';
import { reportNow } from './report.ts';
import { silence } from './silence.ts';
import { streamLive } from './stream.ts';

export { endStreams } from './stream.ts';

export const routes: Route[] = [reportNow, streamLive, overview];
export const jobs: Job[] = [silence];
