// The terminal view of `./rmh up`: pure, figures in, lines of text out. 79 columns and, for three
// vehicles, 22 lines: it fits the smallest usual terminal.
import type { Snapshot } from './protocol.ts';
import { formatMs, formatShare, left, right, table } from './table.ts';
import type {
  CarrierFigures,
  ClassFigures,
  SentBefore,
  ShareFigures,
  VehicleFigures,
} from './up-figures.ts';
import { SYMBOLS, type Words } from './words.ts';

export interface Frame {
  readonly elapsedMs: number;
  readonly seconds: number | null;
  readonly vehicles: readonly VehicleFigures[];
  readonly gateways: Snapshot['gateways'];
  /** Null while the run goes on as ever. */
  readonly notice: string | null;
}

export function frameLines(frame: Frame, sentBefore: SentBefore, w: Words): string[] {
  const { vehicles, gateways, seconds, notice } = frame;
  const elapsed = Math.floor(Math.min(frame.elapsedMs / 1000, seconds ?? Number.POSITIVE_INFINITY));
  const time = w.elapsed(elapsed, seconds);
  const states = gateways.map(({ name, state }) => {
    return `${name} ${state === 'running' ? `● ${w.running}` : `✕ ${w.killed}`}`;
  });
  return [
    spread(w.title(vehicles.length), time),
    spread(states.join('   '), notice ?? w.stop),
    headLine(w),
    ...vehicles.flatMap((vehicle) => vehicleLines(vehicle, sentBefore, w)),
    '',
    w.aloneNote,
  ];
}

const WIDTH = 79;
const NAME_WIDTH = 8;

function spread(a: string, b: string): string {
  return a + b.padStart(Math.max(b.length + 2, WIDTH - a.length));
}

function headLine(w: Words): string {
  return (
    `  ${w.carrier.padEnd(NAME_WIDTH)} ${w.state.padEnd(10)} ${'RTT'.padStart(7)} ` +
    `${w.loss.padStart(6)} ${w.alone.padStart(7)}  ${w.class.padEnd(11)} ` +
    `${w.arrived.padStart(7)} ${w.lost.padStart(5)} ${w.gap.padStart(7)}`
  );
}

function vehicleLines(vehicle: VehicleFigures, sentBefore: SentBefore, w: Words): string[] {
  const { name, gateway, reachable, tunnel, carriers, classes } = vehicle;
  const title = `${name}  ${gateway === null ? w.noTunnel : w.via(gateway)}`;
  const shareOf = ({ inTime }: ShareFigures) => percent(sentBefore.share(`${name} probe`, inTime));
  const reached = `${w.anyCarrier} ${shareOf(reachable)}`;
  const kept = `${w.tunnel} ${shareOf(tunnel)}`;
  const aloneOf = ({ name: carrier, alone }: CarrierFigures) =>
    sentBefore.share(`${name} alone ${carrier}`, alone.delivered - alone.late);
  const rows = Math.max(carriers.length, classes.length);
  return [
    '',
    spread(title, `${reached}   ${kept}`),
    ...Array.from({ length: rows }, (_, i) => {
      const carrier = carriers[i];
      const one = classes[i];
      const leftSide =
        carrier === undefined ? ''.padEnd(42) : carrierText(carrier, aloneOf(carrier), w);
      const rightSide = one === undefined ? '' : classText(one, sentBefore.lost(name, one), w);
      return `  ${leftSide}  ${rightSide}`.trimEnd();
    }),
  ];
}

function carrierText(carrier: CarrierFigures, alone: number | null, w: Words): string {
  const { name, mood, rttMs, lossPct } = carrier;
  const state = `${SYMBOLS[mood]} ${w.moods[mood]}`.padEnd(10);
  const loss = lossPct === null ? '–' : `${Math.round(lossPct)} %`;
  return (
    `${cut(name, NAME_WIDTH).padEnd(NAME_WIDTH)} ${state} ${shortMs(rttMs).padStart(7)} ` +
    `${loss.padStart(6)} ${percent(alone).padStart(7)}`
  );
}

function classText(one: ClassFigures, lost: number, w: Words): string {
  return (
    `${w.classes[one.class].padEnd(11)} ${String(one.delivered).padStart(7)} ` +
    `${String(lost).padStart(5)} ${shortMs(one.longestGapMs).padStart(7)}`
  );
}

/** The table at the end. */
export function summaryLines(vehicles: readonly VehicleFigures[], tcpKept: number, w: Words) {
  const classes = table(
    [
      left(w.vehicle),
      left(w.class),
      right(w.sent),
      right(w.arrived),
      right(w.lost),
      right(w.late),
      right(w.longestGap),
    ],
    vehicles.flatMap(({ name, classes: all }) =>
      all.map((one) => [
        name,
        w.classes[one.class],
        one.sent,
        one.delivered,
        one.sent - one.delivered,
        one.late,
        formatMs(one.longestGapMs),
      ]),
    ),
  );
  const probes = table(
    [left(w.vehicle), left(w.probe), right(w.sent), right(w.inTime), right(w.longestGap)],
    vehicles.flatMap(({ name, carriers, reachable, tunnel }) => [
      ...carriers.map(({ name: carrier, alone }) => {
        const inTime = formatShare(alone.delivered - alone.late, alone.sent);
        return [name, carrier, alone.sent, inTime, formatMs(alone.longestGapMs)];
      }),
      [name, w.anyCarrier, reachable.sent, formatShare(reachable.inTime, reachable.sent), ''],
      [name, w.tunnel, tunnel.sent, formatShare(tunnel.inTime, tunnel.sent), ''],
    ]),
  );
  return [...classes, '', ...probes, '', w.tcp(tcpKept, vehicles.length)];
}

function shortMs(ms: number | null): string {
  if (ms === null) return '–';
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

/** Rounded down: only all is 100 %. */
function percent(share: number | null): string {
  if (share === null) return '–';
  return share === 1 ? '100 %' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
