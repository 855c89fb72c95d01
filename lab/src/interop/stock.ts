// wireguard-go, the peer that somebody else wrote. Its control socket lies in /run/wireguard,
// which network namespaces share; so it gets a mount namespace with a /run of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { ask, Inhabitant, inRtnl, until } from './ground.ts';
import type { Keys } from './keys.ts';

export interface StockPeer {
  readonly publicKey: string;
  readonly presharedKey?: string;
  readonly endpoint?: string;
  readonly allowedIps: string;
  readonly keepaliveSeconds?: number;
}

export interface StockOptions {
  readonly netns: number;
  readonly directory: string;
  readonly keys: Keys;
  readonly address: string;
  /** What is routed into the tunnel. */
  readonly routes: readonly string[];
  readonly listenPort: number;
  readonly mtu?: number;
  readonly peer: StockPeer;
}

const DEVICE = 'wgstock';

/** True where both programs are here; else the test is skipped, or failed where that is asked. */
export function requireStock(context: TestContext): boolean {
  const missing = ['wireguard-go', 'wg'].filter((program) => !onPath(program));
  if (missing.length === 0) return true;
  const reason = `${missing.join(' and ')} not installed (Debian: wireguard-go, wireguard-tools)`;
  if (process.env['CI'] === 'true' || process.env['RMH_SKIP_IS_FAILURE'] === '1') {
    throw new Error(reason);
  }
  context.skip(reason);
  return false;
}

export class Stock {
  readonly #options: StockOptions;
  readonly #process: Inhabitant;

  private constructor(options: StockOptions, process: Inhabitant) {
    this.#options = options;
    this.#process = process;
  }

  static async start(options: StockOptions): Promise<Stock> {
    const script = 'mount -t tmpfs tmpfs /run && mkdir /run/wireguard && exec wireguard-go -f "$0"';
    const words = ['unshare', '--mount', 'sh', '-c', script, DEVICE];
    const env = { ...process.env, LOG_LEVEL: 'verbose' };
    const stock = new Stock(options, new Inhabitant(options.netns, words, env));
    await until('wireguard-go answers wg', () => stock.#tryWg(['show', DEVICE]));
    stock.#configure();
    inRtnl(options.netns, (rtnl) => {
      rtnl.addAddress(DEVICE, options.address);
      rtnl.setLink(DEVICE, { up: true, mtu: options.mtu ?? 1420 });
      for (const to of options.routes) rtnl.addRoute({ to, device: DEVICE });
    });
    return stock;
  }

  /** `wg set` with these words after the device. */
  set(...words: string[]): void {
    this.#wg(['set', DEVICE, ...words]);
  }

  get latestHandshakeSeconds(): number {
    return Number(this.#wg(['show', DEVICE, 'latest-handshakes']).trim().split('\t')[1]);
  }

  /** What it calls its peer's address now. */
  get endpoint(): string {
    return this.#wg(['show', DEVICE, 'endpoints']).trim().split('\t')[1] ?? '';
  }

  /** How often a log line with these words was written. */
  count(words: string): number {
    return this.log.split(words).length - 1;
  }

  get log(): string {
    return `${this.#process.out}${this.#process.err}`;
  }

  /** Forgets the session with the peer, so the next packet begins a new handshake. */
  forget(): void {
    this.set('peer', this.#options.peer.publicKey, 'remove');
    this.#configure();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  #configure(): void {
    const { keys, directory, listenPort, peer } = this.#options;
    const keyFile = join(directory, `stock-${listenPort}.key`);
    writeFileSync(keyFile, `${keys.privateText}\n`, { mode: 0o600 });
    const words = ['private-key', keyFile, 'listen-port', String(listenPort)];
    words.push('peer', peer.publicKey, 'allowed-ips', peer.allowedIps);
    if (peer.endpoint !== undefined) words.push('endpoint', peer.endpoint);
    words.push('persistent-keepalive', String(peer.keepaliveSeconds ?? 0));
    if (peer.presharedKey !== undefined) {
      const file = join(directory, `stock-${listenPort}.psk`);
      writeFileSync(file, `${peer.presharedKey}\n`, { mode: 0o600 });
      words.push('preshared-key', file);
    }
    this.set(...words);
  }

  #wg(words: readonly string[]): string {
    return ask(this.#options.netns, this.#wgWords(words));
  }

  #tryWg(words: readonly string[]): boolean {
    if (!this.#process.running) throw new Error(`wireguard-go ended: ${this.log}`);
    const [command = '', ...rest] = this.#wgWords(words);
    return spawnSync(command, rest, { stdio: 'ignore' }).status === 0;
  }

  #wgWords(words: readonly string[]): string[] {
    return ['nsenter', '--target', String(this.#process.child.pid), '--mount', 'wg', ...words];
  }
}

export function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
