import { assert } from '@rmh/base';
import { ENDPOINT_BLOCK_BYTES } from '@rmh/session';

/**
 * Who is where: the gateways for ever, the unit on each carrier behind a port of the operator's
 * NAT until the mapping changes. Blocks are sockaddr_in: family, port, address; the address ends
 * in the gateway's or the carrier's number.
 */
export class Addresses {
  readonly #ports: number[] = [];
  readonly #blocks: Uint8Array[] = [];
  readonly #linked: boolean[] = [];
  #nextPort = PORT_FIRST;

  constructor(carriers: number) {
    for (let carrier = 0; carrier < carriers; carrier++) {
      this.#linked[carrier] = true;
      this.rebind(carrier);
    }
  }

  /** The unit is reached at another port of that carrier from now on. */
  rebind(carrier: number): void {
    const port = this.#nextPort++;
    assert(port < 65_536, 'a run has ports enough');
    this.#ports[carrier] = port;
    this.#blocks[carrier] = blockOf(port, 10, carrier);
  }

  setLinked(carrier: number, linked: boolean): void {
    this.#linked[carrier] = linked;
  }

  portOf(carrier: number): number {
    return this.#ports[carrier] as number;
  }

  /** Is the unit there, on that carrier behind that port? */
  reaches(carrier: number, port: number): boolean {
    return this.#linked[carrier] === true && this.#ports[carrier] === port;
  }

  /** What a gateway sees as the source of a datagram that left behind that port. */
  unitBlock(carrier: number, port: number): Uint8Array {
    const block = this.#blocks[carrier] as Uint8Array;
    return this.#ports[carrier] === port ? block : blockOf(port, 10, carrier);
  }

  gatewayBlock(gateway: number): Uint8Array {
    return (GATEWAY_BLOCKS[gateway] ??= blockOf(GATEWAY_PORT, 192, gateway));
  }
}

export const PORT_AT = 2;
export const LAST_AT = 7;
const PORT_FIRST = 1024;
const GATEWAY_PORT = 51_820;

function blockOf(port: number, network: number, last: number): Uint8Array {
  const block = new Uint8Array(ENDPOINT_BLOCK_BYTES);
  block.set([2, 0, port >> 8, port & 0xff, network, 0, 2, last]);
  return block;
}

const GATEWAY_BLOCKS: Uint8Array[] = [];
