export { Arrivals } from './arrivals.ts';
export { FlightList, Path, reportDelayUs } from './path.ts';
export { RttEstimator } from './rtt.ts';
export { SentLog } from './sent-log.ts';
export { nextPathState, PATH_TRANSITIONS, type PathEvent, type PathState } from './state.ts';
