// The faults of a run, as text: "1:blackhole@3s+8s, 2:rebind@4s, gateway1:kill@5s+3s".
//
//   fault    = target ":" kind "@" time [ "+" time ]
//   target   = number of a path from 1, name of a carrier, or gateway1 | gateway2
//   time     = number [ "s" | "ms" ]          seconds if no unit is said
export const CARRIER_FAULTS = [
  'blackhole',
  'linkdown',
  'unplug',
  'delay',
  'rebind',
  'readdress',
] as const;
export type CarrierFaultKind = (typeof CARRIER_FAULTS)[number];

export const GATEWAY_FAULTS = ['kill', 'drain'] as const;
export type GatewayFaultKind = (typeof GATEWAY_FAULTS)[number];

export type Fault =
  /** `carrier` counts from 0. `forMs` is null for what happens in an instant. */
  | {
      target: 'carrier';
      carrier: number;
      kind: CarrierFaultKind;
      atMs: number;
      forMs: number | null;
    }
  /** A killed gateway starts again after `forMs`; null: never, or nothing to end (drain). */
  | {
      target: 'gateway';
      gateway: number;
      kind: GatewayFaultKind;
      atMs: number;
      forMs: number | null;
    };

export type FaultsVerdict = { kind: 'faults'; faults: Fault[] } | { kind: 'error'; why: string };

// A run of hours may have one each minute; more is a mistake in the command line.
const FAULTS_MAX = 1000;
const GATEWAYS = 2;
const INSTANT: readonly CarrierFaultKind[] = ['rebind', 'readdress'];

export function parseFaults(text: string, carriers: readonly string[]): FaultsVerdict {
  const items = text.split(',').map((item) => item.trim());
  if (items.length > FAULTS_MAX) return wrong(`more than ${FAULTS_MAX} faults`);
  const faults: Fault[] = [];
  for (const item of items) {
    const fault = parseFault(item, carriers);
    if (typeof fault === 'string') return wrong(`"${item}": ${fault}`);
    faults.push(fault);
  }
  return { kind: 'faults', faults: faults.sort((a, b) => a.atMs - b.atMs) };
}

export function formatFault(fault: Fault): string {
  const target = fault.target === 'carrier' ? `${fault.carrier + 1}` : `gateway${fault.gateway}`;
  const duration = fault.forMs === null ? '' : `+${formatTime(fault.forMs)}`;
  return `${target}:${fault.kind}@${formatTime(fault.atMs)}${duration}`;
}

function wrong(why: string): FaultsVerdict {
  return { kind: 'error', why };
}

/** A string says what is wrong. */
function parseFault(item: string, carriers: readonly string[]): Fault | string {
  const match = /^([^:@+\s]+)\s*:\s*([^:@+\s]+)\s*@\s*([^:@+\s]+)\s*(?:\+\s*([^:@+]+?))?$/.exec(
    item,
  );
  if (match === null) return 'expected TARGET:KIND@TIME or TARGET:KIND@TIME+DURATION';
  const [, target = '', kind = '', at = '', duration = null] = match;
  const atMs = parseTime(at);
  if (atMs === null) return `"${at}" is no time, such as 3s or 250ms`;
  // "+3s restart" reads well for a gateway and says no more than "+3s".
  const lasts = duration?.replace(/\s*restart$/, '') ?? null;
  const forMs = lasts === null ? null : parseTime(lasts);
  if (lasts !== null && (forMs === null || forMs === 0)) {
    return `"${lasts}" is no duration, such as 8s or 500ms`;
  }
  const gateway = /^gateway(\d+)$/.exec(target)?.[1];
  if (gateway !== undefined) return gatewayFault(Number(gateway), kind, atMs, forMs);
  const carrier = carrierOf(target, carriers);
  if (carrier === null) {
    return `no path "${target}"; there are ${pathsText(carriers)}, gateway1 and gateway2`;
  }
  return carrierFault(carrier, kind, atMs, forMs);
}

function gatewayFault(gateway: number, kind: string, atMs: number, forMs: number | null) {
  if (gateway < 1 || gateway > GATEWAYS) return 'there are gateway1 and gateway2';
  if (!isOneOf(GATEWAY_FAULTS, kind)) {
    return `a gateway knows ${GATEWAY_FAULTS.join(' and ')}, not "${kind}"`;
  }
  if (kind === 'drain' && forMs !== null) return 'drain has no duration';
  return { target: 'gateway', gateway, kind, atMs, forMs } as const;
}

function carrierFault(carrier: number, kind: string, atMs: number, forMs: number | null) {
  if (!isOneOf(CARRIER_FAULTS, kind)) {
    return `a path knows ${CARRIER_FAULTS.join(', ')}, not "${kind}"`;
  }
  const instant = INSTANT.includes(kind);
  if (instant && forMs !== null) return `${kind} happens in an instant: leave "+…" out`;
  if (!instant && forMs === null) return `${kind} needs a duration, as in ${kind}@3s+8s`;
  return { target: 'carrier', carrier, kind, atMs, forMs } as const;
}

function carrierOf(target: string, carriers: readonly string[]): number | null {
  const named = carriers.indexOf(target);
  if (named >= 0) return named;
  if (!/^\d{1,2}$/.test(target)) return null;
  const number = Number(target);
  return number >= 1 && number <= carriers.length ? number - 1 : null;
}

/** Whole milliseconds of "3s", "250ms" or "3"; null: it is none of these. */
export function parseTime(text: string): number | null {
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (match[2] === 'ms' ? 1 : 1000));
  return ms;
}

function formatTime(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function pathsText(carriers: readonly string[]): string {
  return carriers.map((name, i) => `${i + 1} (${name})`).join(', ');
}

function isOneOf<const T extends string>(all: readonly T[], word: string): word is T {
  return (all as readonly string[]).includes(word);
}
