// Where the gateway's platform part meets the network, the disk and the clock.
import { dirname, resolve } from 'node:path';
import { lineOf } from '@rmh/contract';
import { Identity, type Log, readKeyFile } from '@rmh/contract/daemon';
import { PlatformLink, pinnedFetch } from '@rmh/contract/machine';
import type { LoadedGateway } from '../load.ts';
import { GatewayPlatform } from './platform.ts';

/** Null: it belongs to none, or cannot speak to it, which the log then says. Units are served. */
export function openGatewayPlatform(loaded: LoadedGateway, log: Log): GatewayPlatform | null {
  const { config, file } = loaded;
  const { platform, stateDirectory } = config;
  if (platform === undefined) return null;
  const verdict = readKeyFile(resolve(dirname(file), platform.identityKeyFile));
  try {
    if (verdict.kind === 'fault') throw new Error(`identityKeyFile ${verdict.wrong}`);
    const identity = new Identity(verdict.key);
    const transport = pinnedFetch(platform.fingerprint ?? null);
    const link = new PlatformLink({ url: platform.url, identity, transport, log, nowMs: Date.now });
    return new GatewayPlatform({ stateDirectory, link, log, nowMs: Date.now });
  } catch (error) {
    log.write('platform.unusable', { what: 'state', version: 0, fault: lineOf(error) });
    return null;
  }
}
