// Cases towards the carriers before the fake platform: one that lasts, one hole that was sent.
import {
  CARRIER_CASE,
  CARRIER_COMMANDS,
  CASE_CHANGE,
  CASE_MESSAGE,
  type CarrierCase,
  type CaseChange,
  type CaseCommand,
  type CaseMessage,
  type CaseSide,
  type CaseState,
  EVIDENCE,
  EVIDENCE_VERSION,
  type Evidence,
  pageOf,
  SCORECARD,
  SHARED_FATE,
} from '@rmh/contract/api';
import { gridDisk, latLngToCell } from 'h3-js';
import { type Asked, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import { CARRIERS, type Seed } from './seed.ts';

// Tromsø, and the road at Saltfjellet.
const AREA = gridDisk(latLngToCell(69.65, 18.96, 6), 1).slice(0, 4);
const HOLE = [latLngToCell(66.55, 15.32, 8)];
const SHA256 = 'ab12cd34'.repeat(8);

const MOVES: Readonly<Record<CaseState, Partial<Record<CaseCommand, CaseState>>>> = {
  open: { send: 'sent', withdraw: 'withdrawn' },
  sent: { acknowledge: 'acknowledged', progress: 'in-progress', resolve: 'resolved' },
  acknowledged: { progress: 'in-progress', resolve: 'resolved' },
  'in-progress': { resolve: 'resolved' },
  resolved: { reopen: 'in-progress', close: 'closed' },
  closed: {},
  withdrawn: {},
};

export function carrierRoutes({ alarms }: Seed, role: string, nowMs: number): FakeRoute[] {
  const side: CaseSide = role === 'carrier-contact' ? 'carrier' : 'health';
  const mayWrite = role !== 'auditor';
  const cases = casesAt(nowMs);
  const messages: CaseMessage[] = [];
  const changes = new Map<number, CaseChange[]>(cases.map((one) => [one.id, [opening(one)]]));
  const shown = (one: CarrierCase): CarrierCase => ({
    ...one,
    mayWrite,
    commands: commandsFor(one.state, side, mayWrite),
  });
  const find = (id: string | undefined) => cases.find((one) => one.id === Number(id));
  const open = ({ query }: Asked) =>
    cases
      .filter(({ sentAt }) => side === 'health' || sentAt !== null)
      .filter(
        (one) => query.get('alarmId') === null || one.alarmId === Number(query.get('alarmId')),
      )
      .filter(({ endedAt }) => query.get('open') === null || endedAt === null);
  return [
    fakeRoute('GET', '/carrier-cases', pageOf(CARRIER_CASE), (asked) =>
      page(open(asked).toReversed().map(shown)),
    ),
    fakeRoute('POST', '/carrier-cases', CARRIER_CASE, ({ body }) => {
      const { alarmId } = body as { alarmId: number };
      const vehicles = alarms.find(({ id }) => id === alarmId)?.vehicles ?? 0;
      const [first] = cases as [CarrierCase];
      const made = { ...first, id: cases.length + 1, alarmId, vehicles, evidence: 0 };
      cases.push(made);
      return shown(made);
    }),
    fakeRoute('GET', '/carrier-cases/:id', CARRIER_CASE, ({ params: [id] }) => {
      const one = find(id);
      return one === undefined ? 'not-found' : shown(one);
    }),
    fakeRoute('POST', '/carrier-cases/:id/command', CARRIER_CASE, ({ params: [id], body }) => {
      const before = find(id);
      const { command, ...said } = body as { command: CaseCommand } & Said;
      const to = before === undefined ? undefined : MOVES[before.state][command];
      if (before === undefined || to === undefined) return 'conflict';
      const after = moved(before, to, said.reference, nowMs);
      cases[before.id - 1] = after;
      const history = changes.get(before.id) ?? [];
      const told = { actor: 'Kari Nordmann', at: new Date(nowMs).toISOString(), side };
      const { reason } = said;
      const change = { id: history.length + 1, command, from: before.state, to, reason, ...told };
      changes.set(before.id, [...history, change]);
      return shown(after);
    }),
    fakeRoute('GET', '/carrier-cases/:id/changes', pageOf(CASE_CHANGE), ({ params: [id] }) =>
      page(changes.get(Number(id)) ?? []),
    ),
    fakeRoute('GET', '/carrier-cases/:id/messages', pageOf(CASE_MESSAGE), () => page(messages)),
    fakeRoute('POST', '/carrier-cases/:id/messages', CASE_MESSAGE, ({ body }) => {
      const at = new Date(nowMs).toISOString();
      const { text } = body as { text: string };
      messages.push({ id: messages.length + 1, at, side, author: 'Kari Nordmann', text });
      return messages.at(-1);
    }),
    ...figureRoutes(find, nowMs),
  ];
}

interface Said {
  readonly reason: string | null;
  readonly reference: string | null;
}

function moved(
  before: CarrierCase,
  to: CaseState,
  reference: string | null,
  nowMs: number,
): CarrierCase {
  const now = new Date(nowMs).toISOString();
  return {
    ...before,
    state: to,
    reference: reference ?? before.reference,
    sentAt: to === 'sent' ? now : before.sentAt,
    endedAt: to === 'closed' || to === 'withdrawn' ? now : null,
    version: before.version + 1,
  };
}

function figureRoutes(
  find: (id: string | undefined) => CarrierCase | undefined,
  nowMs: number,
): FakeRoute[] {
  const versions = [1, 2].map((version) => ({
    version,
    frozenAt: new Date(nowMs - (3 - version) * 600_000).toISOString(),
    sha256: SHA256,
    keyId: 'ab12cd34ab12cd34',
    vehicles: 20,
    lostMs: 12_000_000,
  }));
  return [
    fakeRoute('GET', '/carrier-cases/:id/evidence', pageOf(EVIDENCE_VERSION), () => page(versions)),
    fakeRoute('GET', '/carrier-cases/:id/evidence/:version', EVIDENCE, ({ params }) => {
      const one = find(params[0]);
      return one === undefined ? 'not-found' : evidenceOf(one, Number(params[1]), nowMs);
    }),
    fakeRoute('GET', '/carriers/scorecard', SCORECARD, () => scorecardAt(nowMs)),
    fakeRoute('GET', '/carriers/shared-fate', SHARED_FATE, () => fateAt(nowMs)),
  ];
}

function commandsFor(state: CaseState, side: CaseSide, mayWrite: boolean): CaseCommand[] {
  const own: readonly CaseCommand[] = CARRIER_COMMANDS;
  const all = Object.keys(MOVES[state]) as CaseCommand[];
  return mayWrite ? all.filter((one) => side === 'health' || own.includes(one)) : [];
}

function casesAt(nowMs: number): CarrierCase[] {
  const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * 60_000).toISOString();
  const plain = {
    organisationId: 1,
    simulated: true,
    reference: null,
    openedBy: 'platform',
    sentAt: null,
    answeredAt: null,
    resolvedAt: null,
    endedAt: null,
    commands: [],
    mayWrite: true,
    evidence: 2,
    version: 1,
  };
  return [
    {
      ...plain,
      id: 1,
      carrierId: 3,
      carrier: 'Ice',
      kind: 'hole',
      state: 'sent',
      alarmId: null,
      from: at(20_160),
      to: at(1_440),
      cells: HOLE,
      vehicles: 4,
      lostMs: 5_400_000,
      openedAt: at(900),
      sentAt: at(880),
    },
    {
      ...plain,
      id: 2,
      carrierId: 2,
      carrier: 'Telia',
      kind: 'area',
      state: 'open',
      alarmId: 9_001,
      from: at(26),
      to: null,
      cells: AREA,
      vehicles: 20,
      lostMs: 28_800_000,
      openedAt: at(11),
    },
  ];
}

const opening = (one: CarrierCase): CaseChange => ({
  id: 1,
  at: one.openedAt,
  side: 'health',
  actor: one.openedBy,
  command: null,
  from: null,
  to: 'open',
  reason: null,
});

function evidenceOf(one: CarrierCase, version: number, nowMs: number): Evidence {
  const { id: caseId, kind, simulated, from, to, lostMs, vehicles } = one;
  const key = CARRIERS.find(({ id }) => id === one.carrierId)?.key ?? 'telia';
  const share = Math.round(lostMs / one.cells.length);
  const numbers = Array.from({ length: vehicles }, (_, i) => i + 1);
  return {
    format: 'rmh-evidence-1',
    caseId,
    version,
    frozenAt: new Date(nowMs - (3 - version) * 600_000).toISOString(),
    kind,
    simulated,
    carrier: { key, name: one.carrier },
    from,
    to,
    cells: one.cells.map((cell, i) => ({ cell, vehicles: 5, lostMs: share - i * 90_000 })),
    lostMs,
    vehiclesStruck: vehicles,
    vehiclesServed: vehicles - 1,
    vehiclesFine: 2,
    held: [{ carrier: 'telenor', vehicles }],
    vehicles: numbers.flatMap((number) =>
      kind === 'hole'
        ? []
        : {
            number,
            from: new Date(Date.parse(from) + number * 1_000).toISOString(),
            to: null,
            cell: one.cells[number % one.cells.length] ?? '',
            lostMs: Math.round(lostMs / vehicles),
            rsrpDbm: number % 5 === 0 ? null : -95.5 - number,
            held: ['telenor'],
            servedThroughout: number > 1,
          },
    ),
    days: kind === 'area' ? [] : ofDays(one, nowMs),
  };
}

function ofDays({ cells: [cell = ''] }: CarrierCase, nowMs: number): Evidence['days'] {
  return [9, 7, 6, 4, 2].map((daysAgo) => ({
    cell,
    day: new Date(nowMs - daysAgo * 86_400_000).toISOString().slice(0, 10),
    vehicles: 3,
    lostMs: 1_080_000,
  }));
}

function scorecardAt(nowMs: number) {
  const months = [0, 1, 2].map((ago) => {
    const now = new Date(nowMs);
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1));
  });
  return {
    months: CARRIERS.flatMap(({ id: carrierId, name: carrier }) =>
      months.map((month, ago) => ({
        carrierId,
        carrier,
        month: month.toISOString().slice(0, 10),
        availability: ago === 2 && carrierId === 3 ? null : 0.9962 - carrierId / 500,
        areas: carrierId - 1,
        lostMs: carrierId * 3_600_000,
        holes: ago,
        casesOpened: carrierId,
        casesClosed: ago,
        answerMs: ago === 0 ? null : 2_700_000,
        closeMs: ago === 0 ? null : 93_600_000,
      })),
    ),
    open: [
      { carrierId: 2, cases: 1 },
      { carrierId: 3, cases: 1 },
    ],
  };
}

function fateAt(nowMs: number) {
  const pair = (first: string, second: string, bothMs: number) => ({
    first,
    second,
    bothMs,
    eitherMs: 36_000_000,
    knownMs: 8_640_000_000,
    share: bothMs / 36_000_000,
    vehicles: 140,
  });
  return {
    pairs: [
      { ...pair('ice', 'telenor', 1_080_000), lift: 9.4 },
      { ...pair('ice', 'telia', 9_720_000), lift: 88.2 },
      { ...pair('telenor', 'telia', 0), lift: null },
    ],
    cells: AREA.map((cell, i) => ({ ...pair('ice', 'telia', 3_600_000 - i * 400_000), cell })),
    through: new Date(nowMs - 86_400_000).toISOString().slice(0, 10),
  };
}
