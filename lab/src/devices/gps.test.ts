import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { PLACE } from '@rmh/contract/api';
import { kmBetween } from '../fleet/coverage.ts';
import { largestTowns } from '../fleet/geography.ts';
import { openGps, Route } from './gps.ts';

const SEED = 1;
const HOUR_S = 3_600;

for (const vehicle of [1, 2, 3]) {
  test(`Vehicle ${vehicle} drives at once, in its own region, and never stands long`, () => {
    const route = new Route(vehicle, SEED);
    const town = largestTowns()[vehicle - 1]?.town ?? assert.fail();
    let before = route.drive(1_000);
    assert.ok(before.speedMs > 5);
    let [standsS, trips] = [0, 0];
    for (let second = 0; second < 6 * HOUR_S; second++) {
      const here = route.drive(1_000);
      const { latitude, longitude, speedMs, headingDeg } = here;
      PLACE.parse({ latitude, longitude, speedMs, headingDeg });
      const km = kmBetween(latitude, longitude, town.latitude, town.longitude);
      assert.ok(km < 90, 'no trip is longer than an hour and a half');
      const step = kmBetween(latitude, longitude, before.latitude, before.longitude);
      assert.ok(step < 0.05 * 3, 'it drives, and jumps nowhere');
      if (before.speedMs === 0 && speedMs > 0) trips++;
      standsS = speedMs > 0 ? 0 : standsS + 1;
      assert.ok(standsS <= 61);
      before = here;
    }
    assert.ok(trips > 1);
  });
}

test('It speaks as gpsd does: greeting, devices, watch, and then a report a second', async () => {
  const server = openGps(new Route(1, SEED));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('?WATCH={"enable":true,"json":true};\n');
  const classes: string[] = [];
  for await (const line of createInterface({ input: socket })) {
    const word = JSON.parse(line) as { class: string; mode?: number; lat?: number };
    classes.push(word.class);
    if (classes.length < 5) continue;
    assert.equal(word.mode, 3);
    assert.ok(Math.abs((word.lat ?? 0) - 69.65) < 1, 'about Tromsø');
    break;
  }
  assert.deepEqual(classes, ['VERSION', 'DEVICES', 'WATCH', 'TPV', 'TPV']);
  socket.destroy();
  server.close();
  await once(server, 'close');
});
