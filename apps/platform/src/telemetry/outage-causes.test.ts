import assert from 'node:assert/strict';
import test from 'node:test';
import type { GatewayView, Outage, Sample } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { takeIn } from './intake.ts';
import { judgeOutages } from './outage-causes.ts';
import { given, LINKS, plainCarrier, plainSample, plantFleet } from './testing.ts';
import { takeViews } from './views.ts';

const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const START_MS = NOW_MS - 1_800_000;
// The outage: from the third sample's start to the fifth's.
const [FROM, TO] = [2, 4];

const away = { upMs: 0, downMs: 10_000, state: 'down' } as const;
const isOut = (i: number) => i >= FROM && i < TO;

function outage(link: string | null): Outage {
  const at = { fromMs: START_MS + FROM * 10_000, toMs: START_MS + TO * 10_000 };
  const moved = { movedTo: null, movedAfterMs: null };
  return { number: 1, link, ...at, ...moved, criticalLost: 0, frozenMs: 0 };
}

function drive(out: (i: number) => Partial<Sample>, told: Outage | null): Sample[] {
  return Array.from({ length: 6 }, (_, i) =>
    plainSample(i + 1, START_MS + i * 10_000, {
      ...(isOut(i) ? out(i) : {}),
      outages: told !== null && i === TO ? [told] : [],
    }),
  );
}

const serviceDown = () => ({
  ...{ upMs: 0, downMs: 10_000 },
  carriers: LINKS.map((link) => plainCarrier(link, away)),
});

interface Case {
  readonly claim: string;
  readonly samples: Sample[];
  /** Which of the other four units the gateway lost in the outage; null: it sent no views. */
  readonly othersLost: number | null;
  readonly cause: string;
}

const cases: readonly Case[] = [
  {
    claim: 'one link of one unit',
    samples: drive(
      () => ({ carriers: LINKS.map((link) => plainCarrier(link, link === 'ice' ? away : {})) }),
      outage('ice'),
    ),
    othersLost: null,
    cause: 'carrier',
  },
  {
    claim: 'all links of one unit, while the gateway serves the others',
    samples: drive(serviceDown, outage(null)),
    othersLost: 0,
    cause: 'carrier',
  },
  {
    claim: 'all units of the gateway at once',
    samples: drive(serviceDown, outage(null)),
    othersLost: 4,
    cause: 'gateway',
  },
  {
    claim: 'all links, and nobody saw it from the other end',
    samples: drive(serviceDown, outage(null)),
    othersLost: null,
    cause: 'unknown',
  },
];

for (const database of databases()) {
  for (const { claim, samples, othersLost, cause } of cases) {
    test(`The cause of an outage of ${claim}: ${cause} (${database.kind})`, async () => {
      const db = await database.open();
      try {
        assert.equal(await causeOfCase(db, samples, othersLost), cause);
      } finally {
        await db.close();
      }
    });
  }
}

async function causeOfCase(
  db: Database,
  samples: Sample[],
  othersLost: number | null,
): Promise<string> {
  const { units } = await plantFleet(db, 5);
  const gatewayId = await db.transaction(SYSTEM, async (sql) => {
    const rows = await sql.query<{ id: number }>(
      `INSERT INTO gateway (organisation_id, name, site, endpoint, allowed_ips, state)
      VALUES (1, 'gw-a', 'A', '192.0.2.1:51820', '{}', 'enrolled') RETURNING id`,
    );
    return given(rows[0]).id;
  });
  const { unitId } = given(units[0]);
  const deliveries = [{ unitId, batch: { journal: crypto.randomUUID(), samples } }];
  await db.transaction(SYSTEM, (sql) => takeIn(db, sql, deliveries, NOW_MS));
  // Judged once before the gateway's word comes, and again after.
  await judgeOutages(db);
  if (othersLost !== null) {
    const others = units.slice(1).map((unit) => unit.unitId);
    const views: GatewayView[] = samples.flatMap(({ atMs, spanMs }, i) =>
      others.map((id, n) => {
        const isLost = isOut(i) && n < othersLost;
        return {
          ...{ unitId: id, atMs, spanMs, active: true, upMs: isLost ? 0 : spanMs },
          paths: [{ link: 'ice', upMs: isLost ? 0 : spanMs, rttMs: 40 }],
        };
      }),
    );
    // The unit's own span too: by it the outage is known to be seen anew.
    const own = samples.map(({ atMs, spanMs, upMs }) => {
      return { unitId, atMs, spanMs, active: true, upMs, paths: [] };
    });
    const batch = { journal: crypto.randomUUID(), sequence: 1, views: [...views, ...own] };
    for (let times = 0; times < 2; times++) {
      await db.transaction(SYSTEM, (sql) => takeViews(db, sql, gatewayId, batch, NOW_MS));
    }
  }
  await judgeOutages(db);
  const rows = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ cause: string; cause_due: boolean }>('SELECT cause, cause_due FROM outage'),
  );
  assert.deepEqual(
    rows.map((row) => row.cause_due),
    [false],
  );
  return given(rows[0]).cause;
}
