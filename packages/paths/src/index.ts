export { Arrivals } from './arrivals.ts';
export { Congestion } from './congestion.ts';
export { FlightList, Path } from './path.ts';
export { RttEstimator, reportDelayUs } from './rtt.ts';
export { SentLog } from './sent-log.ts';
export { nextPathState, PATH_TRANSITIONS, type PathEvent, type PathState } from './state.ts';
