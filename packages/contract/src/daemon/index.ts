export {
  NATIONAL_FILE,
  type NamedPolicy,
  parsePolicy,
  readNamedPolicy,
  readPolicy,
} from '../policy-file.ts';
export { parseOptions } from './argv.ts';
export { writeAtomically } from './atomic-file.ts';
export { Daemon } from './daemon.ts';
export { type DaemonPart, type DaemonPorts, EXIT } from './daemon-part.ts';
export { type Kernel, type LinkFact, ROUTE_METRIC, ROUTE_PROTOCOL, type Route } from './kernel.ts';
export * from './keys.ts';
export { keepLog, type Log, type LogLine, openLog } from './log.ts';
export { type DaemonProgram, runProgram } from './main.ts';
export { Network, type NetworkItem } from './network.ts';
export * from './proof.ts';
export * from './source.ts';
export { requireTun, retrySeconds, startFailure } from './start-failure.ts';
export { ask, askStatus, DEFAULT_SOCKETS, tell } from './status-client.ts';
export { type Answer, NOT_FOUND, type StatusRequest, StatusServer } from './status-server.ts';
export { type TellCommand, tellCommand } from './tell-command.ts';
