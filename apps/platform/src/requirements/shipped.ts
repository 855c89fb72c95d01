// The national set that ships with the platform. It is entered into the register once; from then
// on it is the national operator's, who makes new versions of it like of any other.
import type { Requirement } from '@rmh/contract/api';
import { ACCESSIBILITY } from './national/accessibility.ts';
import { CRYPTOGRAPHY } from './national/cryptography.ts';
import { PRIVACY } from './national/privacy.ts';
import { SECURITY } from './national/security.ts';
import { SERVICE } from './national/service.ts';

export type Shipped = Pick<
  Requirement,
  'code' | 'area' | 'binds' | 'nb' | 'en' | 'source' | 'check'
>;

/** In the order in which people read them. */
export const NATIONAL_SET: readonly Shipped[] = [
  ...SERVICE,
  ...SECURITY,
  ...PRIVACY,
  ...CRYPTOGRAPHY,
  ...ACCESSIBILITY,
];
