import type {
  Dataplane,
  DataplaneCommand,
  DataplaneConfig,
  DataplaneEvent,
  DataplaneStatus,
  StartDataplane,
} from './dataplane.ts';

/** A data plane that only remembers. `refuse` is thrown by the next starts, one each. */
export class FakeDataplane implements Dataplane {
  readonly commands: DataplaneCommand[] = [];
  readonly configs: DataplaneConfig[] = [];
  readonly refuse: Error[] = [];
  onStart: (config: DataplaneConfig) => void = () => {};
  emit: (event: DataplaneEvent) => void = () => {};
  stopped = false;
  peers: DataplaneStatus['peers'] = [];

  readonly start: StartDataplane = async (config, onEvent) => {
    this.configs.push(config);
    const refusal = this.refuse.shift();
    if (refusal !== undefined) throw refusal;
    this.emit = onEvent;
    this.onStart(config);
    onEvent({ kind: 'ready' });
    return this;
  };

  send(command: DataplaneCommand): void {
    this.commands.push(command);
  }

  async status(): Promise<DataplaneStatus> {
    const { role, tun } = this.configs.at(-1) ?? { role: 'unit', tun: { name: 'rmh0', mtu: 1340 } };
    return {
      nowUs: 0,
      role,
      tun: { name: tun.name, mtu: tun.mtu },
      peers: this.peers,
      gatewaySwitches: 0,
      drops: {},
      cpuUs: 0,
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.emit({ kind: 'stopped' });
  }
}
