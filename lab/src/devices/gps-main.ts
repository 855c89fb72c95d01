// A program: `node gps-main.ts VEHICLE SEED`, in the namespace of the vehicle's unit.
import { GPSD_PORT, openGps, Route } from './gps.ts';

const [vehicle, seed] = process.argv.slice(2).map(Number);
openGps(new Route(vehicle ?? 1, seed ?? 1)).listen(GPSD_PORT, '127.0.0.1');
