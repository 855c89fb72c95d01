// The car's end of the probe over one carrier alone, outside the tunnel: a socket on the unit,
// bound to the carrier's device. Opened again when the modem was unplugged and is back.
import type { IpEndpoint } from '@rmh/base';
import { Errno, inNetns, nowUs } from '@rmh/netio';
import type { Head } from './packet.ts';
import { ALONE_NETNS_FD } from './plan.ts';
import { DatagramSource } from './sources.ts';
import type { Station } from './station.ts';

export class AloneProbe {
  readonly #station: Station;
  readonly #device: string;
  readonly #to: IpEndpoint;
  #source: DatagramSource | null = null;
  #retryUs = 0;

  constructor(station: Station, device: string, to: IpEndpoint) {
    this.#station = station;
    this.#device = device;
    this.#to = to;
    this.#open();
  }

  send(head: Head): void {
    if (this.#source === null) this.#open();
    const errno = this.#source?.send(head, this.#to) ?? 0;
    // The device it was bound to is gone; one of the same name is another device.
    if (errno !== Errno.ENODEV) return;
    if (this.#source !== null) this.#source.ended = true;
    this.#source = null;
  }

  #open(): void {
    if (nowUs() < this.#retryUs) return;
    this.#retryUs = nowUs() + 20_000;
    try {
      const options = { port: 0, device: this.#device };
      this.#source = inNetns(
        ALONE_NETNS_FD,
        () => new DatagramSource(options, this.#station.arrived),
      );
    } catch {
      return; // absent: this carrier alone delivers nothing
    }
    this.#station.loop.add(this.#source);
  }
}
