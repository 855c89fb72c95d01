// A short flood of handshake initiations whose mac1 is right, as anybody can send who knows the
// gateway's public key: `flood.ts GATEWAY_PUBLIC_KEY ADDRESS PORT FROM...`. It sends from two
// ports of each FROM address and never uses the cookies it gets, until SIGTERM. It prints "begun"
// when the first have left, and at the end what it sent and got.
import { createSocket } from 'node:dgram';
import { pathToFileURL } from 'node:url';
import { generatePrivateKey, handshakeCrypto, randomBytes } from '@rmh/aead';
import { present } from '@rmh/base';
import { createInitiation, localIdentity, remoteIdentity } from '@rmh/handshake';
import { MessageType, tai64nFromUnixUs } from '@rmh/wire';

export interface Flood {
  readonly sent: number;
  readonly perSecond: number;
  readonly cookieReplies: number;
  readonly responses: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Bounds of a test machine: a flood that nobody stops ends by itself. */
const PER_SECOND_MAX = 5_000;
const SECONDS_MAX = 60;
/** Different messages; each is sent many times, for the gateway may not look inside them. */
const MESSAGES = 256;
const TURN_MS = 10;

export function makeInitiations(gatewayPublicKey: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const stranger = localIdentity(handshakeCrypto, generatePrivateKey());
    const gateway = remoteIdentity(handshakeCrypto, stranger, gatewayPublicKey, null);
    return createInitiation(handshakeCrypto, stranger, present(gateway, 'a public key'), {
      ephemeralPrivate: randomBytes(32),
      senderIndex: i,
      timestamp: tai64nFromUnixUs(Date.now() * 1000),
    }).message;
  });
}

async function flood(
  gatewayPublicKey: Uint8Array,
  to: { address: string; port: number },
  from: readonly string[],
  stop: AbortSignal,
): Promise<Flood> {
  const messages = makeInitiations(gatewayPublicKey, MESSAGES);
  const got = { cookieReplies: 0, responses: 0, bytesReceived: 0 };
  const sockets = [...from, ...from].map((address) => {
    const socket = createSocket('udp4').bind(0, address);
    socket.on('message', (message) => {
      got.bytesReceived += message.length;
      if (message[0] === MessageType.cookieReply) got.cookieReplies++;
      if (message[0] === MessageType.response) got.responses++;
    });
    return socket;
  });
  await Promise.all(sockets.map((socket) => new Promise((done) => socket.once('listening', done))));
  const startMs = performance.now();
  let sent = 0;
  for (let turn = 1; !stop.aborted && turn * TURN_MS <= SECONDS_MAX * 1000; turn++) {
    for (const due = (turn * TURN_MS * PER_SECOND_MAX) / 1000; sent < due; sent++) {
      const message = messages[sent % messages.length] as Uint8Array;
      sockets[sent % sockets.length]?.send(message, to.port, to.address);
    }
    if (turn === 1) process.stdout.write('begun\n');
    const waitMs = startMs + turn * TURN_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  const perSecond = Math.round((sent * 1000) / (performance.now() - startMs));
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const socket of sockets) socket.close();
  return { sent, perSecond, ...got, bytesSent: sent * 148 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [key = '', address = '', port = '0', ...from] = process.argv.slice(2);
  const to = { address, port: Number(port) };
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const result = await flood(Buffer.from(key, 'base64'), to, from, stop.signal);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
