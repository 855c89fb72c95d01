// The one file outside lab/ that may name @rmh/lab, and only by dynamic import: a
// vehicle or a gateway never loads it. tools/src/arrows.ts knows this exception.
import type { Command } from './command.ts';

export const LAB_COMMANDS: readonly Command[] = [
  {
    name: 'up',
    summary: 'run the whole system on this machine until Ctrl-C (or --seconds N)',
    load: async () => (await import('@rmh/lab/up')).run,
  },
  {
    name: 'lab',
    summary: 'one vehicle, one run over emulated carriers, one verdict',
    load: async () => (await import('@rmh/lab/lab')).run,
  },
  {
    name: 'carriers',
    summary: 'emulate a carrier between two network namespaces',
    load: async () => (await import('@rmh/lab/carriers')).run,
  },
  {
    name: 'drives',
    summary: 'generate, inspect and list recorded drives',
    load: async () => (await import('@rmh/lab/drives')).run,
  },
  {
    name: 'sim',
    summary: 'the tunnel over simulated roads, against what could have arrived',
    load: async () => (await import('@rmh/lab/sim')).run,
  },
  {
    name: 'replay',
    summary: 'compare two policies over the same simulated roads',
    load: async () => (await import('@rmh/lab/replay')).run,
  },
  {
    name: 'foresight',
    summary: 'does it help to know from other passes where carriers fail?',
    load: async () => (await import('@rmh/lab/foresight')).run,
  },
  {
    name: 'results',
    summary: 'write docs/results.md anew: the simulator over all drives',
    load: async () => (await import('@rmh/lab/results')).run,
  },
  {
    name: 'bench',
    summary: 'measure throughput and CPU use of the tunnel',
    load: async () => (await import('@rmh/lab/bench')).run,
  },
];
