export { Deliveries } from './deliveries.ts';
export { Flights } from './flights.ts';
export { Holds } from './holds.ts';
export { type ClassPolicy, NATIONAL_POLICY, type Policy } from './policy.ts';
export { Arrival, StreamReceiver } from './stream-receiver.ts';
export { type ClassTreatment, rankPaths, TREATMENTS } from './verdict.ts';
