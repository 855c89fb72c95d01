// A gpsd that a test holds in its hand: it answers WATCH as gpsd 3.22 does, and says what it is
// told.
import { type AddressInfo, createServer, type Socket } from 'node:net';

const GREETING =
  '{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}';
const WATCHED = [
  `{"class":"DEVICES","devices":[{"class":"DEVICE","path":"/dev/ttyUSB1","activated":1}]}`,
  `{"class":"WATCH","enable":true,"json":true,"nmea":false,"raw":0,"scaled":false,"pps":false}`,
];

export class FakeGpsd {
  /** Connections that were opened. */
  connections = 0;
  readonly #watchers = new Set<Socket>();
  readonly #server = createServer((socket) => this.#greet(socket));

  async open(): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', port };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.drop();
    await closed;
  }

  /** Clients that asked to be told. */
  get watchers(): number {
    return this.#watchers.size;
  }

  say(text: string): void {
    for (const socket of this.#watchers) socket.write(text);
  }

  tell(report: object): void {
    this.say(`${JSON.stringify({ class: 'TPV', device: '/dev/ttyUSB1', mode: 3, ...report })}\n`);
  }

  /** Every connection, as when gpsd is started again. */
  drop(): void {
    for (const socket of this.#watchers) socket.destroy();
  }

  #greet(socket: Socket): void {
    this.connections++;
    socket.on('error', () => {});
    socket.on('close', () => this.#watchers.delete(socket));
    socket.write(`${GREETING}\n`);
    socket.once('data', (asked) => {
      if (!String(asked).startsWith('?WATCH={"enable":true,"json":true}')) return socket.destroy();
      socket.write(`${WATCHED.join('\n')}\n`);
      return this.#watchers.add(socket);
    });
  }
}
