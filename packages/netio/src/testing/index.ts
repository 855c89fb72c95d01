export { runInSandbox, sandboxCommand } from './sandbox.ts';
export { waitForLinks } from './wait.ts';
