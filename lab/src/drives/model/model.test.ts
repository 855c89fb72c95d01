import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ColumnReader } from '../columns.ts';
import { Drive } from '../drive.ts';
import { measureDrive } from '../fit.ts';
import { readDrive } from '../read.ts';
import { SHIPPED_DRIVES } from '../shipped.ts';
import { type GeneratedDrive, type GenerateOptions, generateDrive } from './generate.ts';
import { CARRIERS, PROFILES } from './parameters.ts';
import { type FigureName, summarise, targets } from './summary.ts';

function driveOf({ rows, probes }: GeneratedDrive): Drive {
  const columns = (lines: readonly string[]) => {
    const reader = new ColumnReader('generated');
    for (const line of lines) reader.push(line);
    return reader.finish();
  };
  return new Drive(columns(rows), columns(probes));
}

const OPTIONS: GenerateOptions = { profile: 'valley', seed: 7, minutes: 10 };

/** Hours of each profile, generated once for several tests. */
const HOURS = new Map(
  PROFILES.map((profile) => {
    const drive = driveOf(generateDrive({ profile, seed: 1, minutes: 600 }));
    return [profile, measureDrive(drive)] as const;
  }),
);

test('ten generated hours of every profile have the fitted figures, within their bounds', (t) => {
  const found = summarise([...HOURS.values()]);
  for (const [name, { measured, low, high }] of Object.entries(targets.figures)) {
    const value = found[name as FigureName];
    t.diagnostic(`${name}: ${value.toFixed(3)} (measured ${measured.join(', ')})`);
    assert.ok(value >= low && value <= high, `${name}: ${value} is not within ${low} … ${high}`);
  }
});

test('the same seed gives the same drive, another seed another', () => {
  assert.deepEqual(generateDrive(OPTIONS), generateDrive(OPTIONS));
  assert.notDeepEqual(generateDrive(OPTIONS).probes, generateDrive({ ...OPTIONS, seed: 8 }).probes);
});

test('carriers fail more often in each profile than in the one before', () => {
  const outages = (['oslo', 'highway', 'coast', 'valley'] as const).map((profile) => {
    const carriers = HOURS.get(profile)?.carriers ?? [];
    return carriers.reduce((sum, carrier) => sum + carrier.outagesPerHourOver500Ms, 0);
  });
  const ascending = [...outages].sort((a, b) => a - b);
  assert.deepEqual(outages, ascending);
});

test('the shipped drives have three carriers, a track and all kinds of trouble', async () => {
  assert.equal(SHIPPED_DRIVES.length, PROFILES.length);
  for (const { name, path } of SHIPPED_DRIVES) {
    const drive = await readDrive(path);
    assert.deepEqual(drive.carriers, [...CARRIERS].sort(), name);
    assert.ok(drive.toMs - drive.fromMs >= 600_000, name);
    assert.notEqual(drive.position(300_000), null, name);
    const { carriers } = measureDrive(drive);
    const outages = carriers.map((carrier) => carrier.outagesPerHourOver500Ms);
    assert.ok(
      outages.every((anHour) => anHour > 0),
      name,
    );
  }
});

const RECORDED = fileURLToPath(
  new URL('../../../../../shared/traces/imc23_wheels.csv.gz', import.meta.url),
);

const skip = existsSync(RECORDED) ? false : `outside the checkout: ${RECORDED} is not there`;

test('the targets are what the recorded drive shows, where it is at hand', { skip }, async () => {
  const { carriers } = measureDrive(await readDrive(RECORDED));
  const { figures } = targets;
  for (const [i, carrier] of carriers.entries()) {
    near(carrier.outagesPerHourOver500Ms, figures.outagesPerHourOver500Ms.measured[i]);
    near(carrier.outagesPerHourOver1S, figures.outagesPerHourOver1S.measured[i]);
    near(carrier.lengthS.p90, figures.lengthP90S.measured[i]);
    near(carrier.unusableShare, figures.unusableShare.measured[i]);
    near(carrier.delayingShare, figures.delayingShare.measured[i]);
  }
});

function near(value: number, target: number | undefined): void {
  assert.ok(target !== undefined && Math.abs(value / target - 1) < 0.05, `${value} for ${target}`);
}
