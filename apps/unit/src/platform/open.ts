// Where the unit's platform part meets the network, the disk and the clocks.
import { dirname, resolve } from 'node:path';
import { lineOf } from '@rmh/contract';
import { Identity, type Log, readKeyFile } from '@rmh/contract/daemon';
import { PlatformLink, pinnedFetch } from '@rmh/contract/machine';
import type { LoadedUnit } from '../load.ts';
import { Gpsd } from '../place/gpsd.ts';
import { VERSION } from '../version.ts';
import { UnitPlatform } from './platform.ts';

/** Null: the unit belongs to none, or cannot speak to it, which the log then says. It drives on. */
export function openUnitPlatform(loaded: LoadedUnit, log: Log): UnitPlatform | null {
  const { config, file } = loaded;
  const { platform, stateDirectory, gps } = config;
  if (platform === undefined) return null;
  const verdict = readKeyFile(resolve(dirname(file), platform.identityKeyFile));
  try {
    if (verdict.kind === 'fault') throw new Error(`identityKeyFile ${verdict.wrong}`);
    const identity = new Identity(verdict.key);
    const transport = pinnedFetch(platform.fingerprint ?? null);
    const link = new PlatformLink({ url: platform.url, identity, transport, log, nowMs: Date.now });
    const steadyMs = () => performance.now();
    return new UnitPlatform(loaded, {
      stateDirectory,
      link,
      log,
      softwareVersion: VERSION,
      whereabouts: gps === undefined ? null : new Gpsd(gps, { log, steadyMs }),
      nowMs: Date.now,
      steadyMs,
    });
  } catch (error) {
    log.write('platform.unusable', { what: 'state', version: 0, fault: lineOf(error) });
    return null;
  }
}
