import type { Command } from './command.ts';
import { LAB_COMMANDS } from './lab-commands.ts';

// In the order in which a newcomer meets them; `rmh --help` prints this table.
export const COMMANDS: readonly Command[] = [
  ...LAB_COMMANDS,
  {
    name: 'unit',
    summary: 'the agent in a vehicle: one tunnel over all its carriers',
    load: async () => (await import('@rmh/unit')).runUnit,
  },
  {
    name: 'gateway',
    summary: 'the end of the tunnels, at the edge of Helsenettet',
    load: async () => (await import('@rmh/gateway')).runGateway,
  },
  {
    name: 'enrol',
    summary: 'make this machine a unit or a gateway of the platform, by a token',
    load: async () => (await import('./enrol.ts')).run,
  },
  {
    name: 'platform',
    summary: 'the national service: API, telemetry, alarms, console',
    load: async () => (await import('@rmh/platform')).runPlatform,
  },
  {
    name: 'audit',
    summary: 'verify: is the audit log, or an exported one, as it was written?',
    load: async () => (await import('@rmh/platform')).runAudit,
  },
  {
    name: 'keygen',
    summary: 'make a key pair for a unit or a gateway',
    load: async () => (await import('./keygen.ts')).run,
  },
  {
    name: 'status',
    summary: 'show what a running unit or gateway sees (--json for programs)',
    load: async () => (await import('./status.ts')).run,
  },
  {
    name: 'explain',
    summary: 'why was there a gap? --at TIME asks a running unit',
    load: async () => (await import('./explain.ts')).run,
  },
  {
    name: 'test',
    summary: 'check the code and run every test (--fast, --only PATTERN)',
    load: async () => (await import('@rmh/tools/test')).run,
  },
  {
    name: 'check',
    summary: 'types, format, lint and house rules only',
    load: async () => (await import('@rmh/tools/check')).run,
  },
  {
    name: 'format',
    summary: 'write the format that `check` asks for',
    load: async () => (await import('@rmh/tools/format')).run,
  },
];
