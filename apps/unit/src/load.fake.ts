import { UNIT_CONFIG } from '@rmh/contract';
import type { LoadedUnit } from './load.ts';

/** A unit as it was loaded, with two links; `config` and `more` say what is otherwise. */
export function loadedUnit(config: object = {}, more: Partial<LoadedUnit> = {}): LoadedUnit {
  return {
    file: 'unit.yaml',
    config: UNIT_CONFIG.parse({
      name: 'unit-7',
      privateKeyFile: 'k',
      tun: { addresses: ['10.64.0.1/32'] },
      gateways: [gateway('oslo')],
      links: [
        { name: 'telenor', device: 'wwan0' },
        { name: 'telia', device: 'wwan1' },
      ],
      ...config,
    }),
    configHash: 'x',
    privateKey: new Uint8Array(32),
    peers: [],
    policy: null,
    ...more,
  };
}

/** One of a unit's file. */
export function gateway(name: string): object {
  return {
    name,
    publicKey: 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=',
    endpoint: '192.0.2.9:1',
    allowedIps: ['10.0.0.0/8'],
  };
}
