// Which devices are carriers now, and what the data plane must be told: pure verdicts.
import type { DataplaneCommand, LinkState, LinkStatus, LinksConfig } from '@rmh/contract';
import type { LinkFact } from '@rmh/contract/daemon';

/** A link that the data plane holds, as it was when it was handed over. */
export interface UsedLink {
  readonly device: string;
  readonly index: number;
  /** Sorted and joined. */
  readonly addresses: string;
}

export interface LinksVerdict {
  readonly commands: DataplaneCommand[];
  readonly used: Map<string, UsedLink>;
  readonly links: LinkStatus[];
}

/** `excluded`: devices that are never carriers (the tunnel, the car's network). */
export function decideLinks(
  config: LinksConfig,
  excluded: readonly string[],
  facts: readonly LinkFact[],
  before: ReadonlyMap<string, UsedLink>,
): LinksVerdict {
  const wanted = wantedLinks(config, excluded, facts);
  const commands: DataplaneCommand[] = [];
  const used = new Map<string, UsedLink>();
  const links: LinkStatus[] = [];
  for (const { name, device } of wanted) {
    const fact = facts.find((known) => known.name === device);
    const state = stateOf(fact);
    links.push({ name, device, state, addresses: fact?.addresses ?? [] });
    if (fact === undefined || state !== 'used') continue;
    const now = { device, index: fact.index, addresses: fact.addresses.toSorted().join(' ') };
    used.set(name, now);
    commands.push(...commandsFor(name, before.get(name), now));
  }
  const removals = [...before.keys()]
    .filter((name) => !used.has(name))
    .map((name): DataplaneCommand => ({ kind: 'link.remove', name }));
  return { commands: [...removals, ...commands], used, links };
}

function commandsFor(name: string, before: UsedLink | undefined, now: UsedLink) {
  const commands: DataplaneCommand[] = [];
  const set: DataplaneCommand = { kind: 'link.set', name, device: now.device };
  if (before === undefined) commands.push(set);
  // A device that was replugged is another one: a socket bound to the old one is dead.
  else if (before.device !== now.device || before.index !== now.index) {
    commands.push({ kind: 'link.remove', name }, set);
  } else if (before.addresses !== now.addresses) commands.push({ kind: 'link.changed', name });
  return commands;
}

export function stateOf(fact: LinkFact | undefined): LinkState {
  if (fact === undefined) return 'absent';
  if (!fact.up) return 'down';
  if (!fact.carrier) return 'no-carrier';
  return fact.addresses.length === 0 ? 'no-address' : 'used';
}

function wantedLinks(
  config: LinksConfig,
  excluded: readonly string[],
  facts: readonly LinkFact[],
): { name: string; device: string }[] {
  if (Array.isArray(config)) return config;
  return facts
    .filter(({ name }) => !excluded.includes(name))
    .filter(({ name }) => config.patterns.some((pattern) => matches(pattern, name)))
    .map(({ name }) => ({ name, device: name }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** `*` stands for anything; linear in the length of both (no backtracking over stars). */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
