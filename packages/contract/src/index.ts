export type * from './dataplane.ts'; export * from './rules.ts';
