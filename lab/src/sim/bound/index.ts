export { type Beside, boundOf, boundOfDemands, type ClassCounts } from './bound.ts';
export { type Demand, demandsOf, objectDemand, packetDemand } from './demand.ts';
