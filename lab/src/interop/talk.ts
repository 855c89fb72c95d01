// Real programs at the two ends of a tunnel: `serve ADDRESS` echoes UDP and TCP;
// `ask ADDRESS DATAGRAMS TCP_BYTES` talks to it, compares every byte and prints what came back;
// `stream ADDRESS SECONDS` sends 50 datagrams a second and prints what was lost.
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

export interface Talk {
  readonly datagramsSent: number;
  readonly datagramsReturned: number;
  readonly datagramsDamaged: number;
  readonly tcpBytes: number;
  readonly tcpIntact: boolean;
}

const PORT = 7000;

export function serve(address: string): void {
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (message, from) => udp.send(message, from.port, from.address));
  udp.bind(PORT, address);
  createServer((stream) => stream.on('error', () => {}).pipe(stream)).listen(PORT, address, () =>
    process.stdout.write('serving\n'),
  );
}

export async function talk(address: string, datagrams: number, tcpBytes: number): Promise<Talk> {
  const udp = await talkUdp(address, datagrams);
  const tcpIntact = tcpBytes === 0 || (await talkTcp(address, tcpBytes));
  return { datagramsSent: datagrams, ...udp, tcpBytes, tcpIntact };
}

async function talkUdp(address: string, count: number) {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const sent = new Map<string, boolean>();
  let damaged = 0;
  socket.on('message', (message) => {
    const name = digest(message);
    if (sent.has(name)) sent.set(name, true);
    else damaged++;
  });
  for (let i = 0; i < count; i++) {
    // Every length from an empty-ish one to a full packet, odd ones too (the checksum pads them).
    const message = randomBytes(16 + ((i * 37) % 1250));
    sent.set(digest(message), false);
    socket.send(message, PORT, address);
    await pause(5);
  }
  const returned = () => [...sent.values()].filter(Boolean).length;
  for (let i = 0; i < 100 && returned() < count; i++) await pause(20);
  socket.close();
  return { datagramsReturned: returned(), datagramsDamaged: damaged };
}

function talkTcp(address: string, bytes: number): Promise<boolean> {
  const data = randomBytes(bytes);
  const answer = createHash('sha256');
  let left = bytes;
  return new Promise((resolve) => {
    const stream = connect({ host: address, port: PORT });
    const give = (intact: boolean) => {
      clearTimeout(late);
      stream.destroy();
      resolve(intact);
    };
    const late = setTimeout(give, 20_000, false);
    stream.on('error', () => give(false));
    stream.on('data', (part) => {
      answer.update(part);
      left -= part.length;
      if (left === 0) give(answer.digest('hex') === digest(data));
    });
    stream.on('connect', () => stream.write(data));
  });
}

export interface Stream {
  readonly sent: number;
  readonly returned: number;
  readonly longestGapMs: number;
}

/** 50 numbered datagrams a second, as an alarm or a voice call would. */
export async function stream(address: string, seconds: number): Promise<Stream> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const answered = new Set<number>();
  let heardMs = performance.now();
  let longestGapMs = 0;
  socket.on('message', (message) => {
    answered.add(message.readUInt32BE(0));
    longestGapMs = Math.max(longestGapMs, performance.now() - heardMs);
    heardMs = performance.now();
  });
  const message = Buffer.alloc(100);
  const startMs = performance.now();
  let sent = 0;
  for (; performance.now() - startMs < seconds * 1000; sent++) {
    message.writeUInt32BE(sent, 0);
    socket.send(Buffer.from(message), PORT, address);
    await pause(Math.max(0, startMs + (sent + 1) * 20 - performance.now()));
  }
  await pause(1000);
  socket.close();
  return { sent, returned: answered.size, longestGapMs: Math.round(longestGapMs) };
}

function digest(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('hex');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [verb, address = '', datagrams = '0', tcpBytes = '0'] = process.argv.slice(2);
  const print = (result: object) => process.stdout.write(`${JSON.stringify(result)}\n`);
  if (verb === 'serve') serve(address);
  else if (verb === 'stream') print(await stream(address, Number(datagrams)));
  else print(await talk(address, Number(datagrams), Number(tcpBytes)));
}
