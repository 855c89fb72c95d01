export { startDataplane } from './start.ts';
