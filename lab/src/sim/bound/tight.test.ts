// A bound that nobody can reach says little. Critical packets are so few that a copy on every
// carrier disturbs nothing: what that brings, without knowing the future, is close to the most.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '@rmh/base';
import { DEADLINE_US } from '../../devices/flows.ts';
import { readDrive } from '../../drives/read.ts';
import { drivePath } from '../../drives/shipped.ts';
import { EveryCarrier } from '../baselines/plain.ts';
import { play, type Sending } from '../baselines/testing.ts';
import { mixOf, workloadOf } from '../mix.ts';
import { windowsOf } from '../windows.ts';
import { boundOf } from './index.ts';

test('of critical packets that can come in oslo, 99.9 % come as copies everywhere', async () => {
  // The second half: outages of all carriers at once take 193 packets from anybody.
  const window = present(windowsOf('oslo', await readDrive(drivePath('oslo')))[1], 'two halves');
  const workload = workloadOf(mixOf('standard'), 1, window.lengthMs * 1000);
  const bound = boundOf(window, workload).critical;
  const { packets } = workload;
  const sendings: Sending[] = [];
  for (let i = 0; i < packets.count; i++) {
    if (packets.class[i] !== 0) continue;
    const side = packets.up[i] === 1 ? 'car' : 'site';
    const atUs = Math.ceil(packets.sentUs[i] ?? 0);
    sendings.push({ atUs, side, class: 'critical', bucket: 0, bytes: packets.bytes[i] ?? 0 });
  }
  const { arrivedUs } = play(window, (road) => new EveryCarrier(road), sendings);
  const inTime = sendings.filter(({ atUs }, i) => {
    return (arrivedUs[i] ?? Number.POSITIVE_INFINITY) - atUs <= DEADLINE_US.critical;
  }).length;
  assert.ok(bound.inTime < bound.sent, 'nobody brings all');
  assert.ok(inTime <= bound.inTime && inTime >= bound.inTime * 0.999, `${inTime}`);
});
