export { CopyBudget } from './copy-budget.ts';
export { Deliveries } from './deliveries.ts';
export {
  FecEncoder,
  type FecFacts,
  symbolWaitUs,
  wantsSymbols,
} from './fec.ts';
export { FecDecoder, FecRings } from './fec-decoder.ts';
export { Flights } from './flights.ts';
export { Holds } from './holds.ts';
export { Load } from './load.ts';
export { type ClassPolicy, NATIONAL_POLICY, type Policy } from './policy.ts';
export { ClassQueue } from './queue.ts';
export { missShare, NOT_SPARED, OutageRate, SharedFate, type Way } from './risk.ts';
export { Arrival, StreamReceiver } from './stream-receiver.ts';
export { decide, Verdict, type Wanted } from './verdict.ts';
