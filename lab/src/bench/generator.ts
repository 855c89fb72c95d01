// One end of a load, as a process of its own: blocking calls, one result, end.
//   node generator.ts '{"kind":"udp-receive","host":"10.201.0.1","seconds":1}'
import { assert, type IpEndpoint, parseIp, present } from '@rmh/base';
import {
  allocateArena,
  Errno,
  nowUs,
  Poller,
  ReceiveBatch,
  SendBatch,
  TcpListener,
  type TcpOptions,
  TcpStream,
  UdpSocket,
  writeEndpoint,
} from '@rmh/netio';
import type { GeneratorWord, Load, LoadResult } from './words.ts';

type TcpSend = Extract<Load, { kind: 'tcp-send' }>;
type TcpReceive = Extract<Load, { kind: 'tcp-receive' }>;

const PORT = 5201;
/** As large as a busy application writes; the kernel cuts it into trains of 64 KB. */
const BLOCK_BYTES = 128 * 1024;
/** Fits the tunnel's inner MTU of 1,340 with its 28 bytes of headers. */
const DATAGRAM_BYTES = 1300;
const BATCH_DATAGRAMS = 32;
const SLOTS = 32;
const SLOT_BYTES = 65_536;
const UDP_BUFFER_BYTES = 4 * 1024 * 1024;
/** On a busy machine a neighbour process takes seconds to start. */
const SILENCE_MS = 10_000;
const QUIET_US = 300_000;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

const load = JSON.parse(process.argv[2] ?? '') as Load;
const done = (result: LoadResult) => say({ kind: 'done', result }, () => process.exit(0));
if (load.kind === 'tcp-send') done(await sendTcp(load));
else if (load.kind === 'udp-send') done(sendUdp(load));
else if (load.kind === 'tcp-receive') done(await receiveTcp(load));
else {
  const socket = openUdp(load.host, PORT);
  const { seconds } = load;
  say({ kind: 'listening' }, () => done(receiveUdp(socket, seconds)));
}

async function sendTcp(load: TcpSend): Promise<LoadResult> {
  const stream = await openTcp(load, { congestion: load.congestion });
  // What is accepted has the listener's.
  assert(stream.congestion === load.congestion, 'the congestion control is the one asked for');
  const arena = allocateArena(BLOCK_BYTES);
  const startUs = nowUs();
  let [bytes, pieces] = [0, 0];
  for (const endUs = startUs + load.seconds * 1e6; nowUs() < endUs; pieces++) {
    const sent = stream.send(arena, 0, BLOCK_BYTES);
    if (sent < 0) break;
    bytes += sent;
  }
  stream.finishSending();
  // Until the far end has read everything and closed.
  stream.receive(arena, 0, 1);
  return { bytes, pieces, seconds: (nowUs() - startUs) / 1e6, windowBytes: bytes };
}

/** To the end of the window, or of the stream. Closing before the sender ends resets it. */
async function receiveTcp(load: TcpReceive): Promise<LoadResult> {
  const stream = await openTcp(load, {});
  const arena = allocateArena(BLOCK_BYTES);
  const fromUs = (load.window?.fromSeconds ?? 0) * 1e6;
  const toUs = (load.window?.toSeconds ?? Number.POSITIVE_INFINITY) * 1e6;
  let [bytes, windowBytes, pieces, firstUs, lastUs] = [0, 0, 0, 0, 0];
  for (;;) {
    const got = stream.receive(arena, 0, BLOCK_BYTES);
    if (got <= 0) break;
    const atUs = nowUs();
    if (pieces === 0) firstUs = atUs;
    if (atUs - firstUs > toUs) break;
    lastUs = atUs;
    pieces++;
    bytes += got;
    if (atUs - firstUs >= fromUs) windowBytes += got;
  }
  stream.close();
  return { bytes, pieces, seconds: (lastUs - firstUs) / 1e6, windowBytes };
}

async function openTcp(load: TcpSend | TcpReceive, options: TcpOptions): Promise<TcpStream> {
  const endpoint = endpointOf(load.host);
  const wait = { ...options, waitMsMax: SILENCE_MS };
  if (load.opens) return TcpStream.connect(endpoint, wait);
  const listener = TcpListener.open(endpoint, wait);
  await new Promise<void>((resolve) => say({ kind: 'listening' }, resolve));
  return present(listener.accept(), 'the far end connects');
}

/** Paced in steps of a millisecond when a rate is given. No trains: as most applications send. */
function sendUdp(load: Extract<Load, { kind: 'udp-send' }>): LoadResult {
  const socket = openUdp('0.0.0.0', 0);
  const arena = allocateArena(64 + DATAGRAM_BYTES);
  writeEndpoint(arena, 0, endpointOf(load.host));
  const batch = new SendBatch(arena);
  const poller = new Poller();
  poller.add(socket.fd, true);
  const startUs = nowUs();
  const perUs = load.mbit / 8 / DATAGRAM_BYTES;
  let pieces = 0;
  for (;;) {
    const elapsedUs = nowUs() - startUs;
    if (elapsedUs >= load.seconds * 1e6) break;
    const due = load.mbit === 0 ? BATCH_DATAGRAMS : Math.floor(elapsedUs * perUs) - pieces;
    if (due <= 0) {
      sleepUs(1000);
      continue;
    }
    for (let i = Math.min(due, BATCH_DATAGRAMS); i > 0; i--) {
      batch.add(64, DATAGRAM_BYTES, DATAGRAM_BYTES, 0);
    }
    pieces += batch.flush(socket);
    // The socket's own queue is full: what could not leave was not sent.
    if (batch.count > 0) {
      batch.clear();
      poller.wait(1000);
    }
  }
  const bytes = pieces * DATAGRAM_BYTES;
  return { bytes, pieces, seconds: (nowUs() - startUs) / 1e6, windowBytes: bytes };
}

/** Until the load's time is over and nothing has come for a while. */
function receiveUdp(socket: UdpSocket, seconds: number): LoadResult {
  const arena = allocateArena(ReceiveBatch.regionBytes(SLOTS, SLOT_BYTES));
  const batch = new ReceiveBatch(arena, 0, SLOTS, SLOT_BYTES);
  const poller = new Poller();
  poller.add(socket.fd);
  const giveUpUs = nowUs() + seconds * 1e6 + SILENCE_MS * 1000;
  let [bytes, pieces, firstUs, lastUs] = [0, 0, 0, 0];
  while (nowUs() < giveUpUs && (pieces === 0 || nowUs() - lastUs < QUIET_US)) {
    const messages = batch.receive(socket);
    if (messages === -Errno.EAGAIN) poller.wait(QUIET_US / 10);
    for (let i = 0; i < messages; i++) {
      lastUs = nowUs();
      if (pieces === 0) firstUs = lastUs;
      bytes += batch.length(i);
      pieces += Math.ceil(batch.length(i) / Math.max(1, batch.segmentBytes(i)));
    }
  }
  const tookSeconds = Math.max(1e-6, (lastUs - firstUs) / 1e6);
  return { bytes, pieces, seconds: tookSeconds, windowBytes: bytes };
}

function openUdp(host: string, port: number): UdpSocket {
  const address = present(parseIp(host), host);
  const sizes = { receiveBufferBytes: UDP_BUFFER_BYTES, sendBufferBytes: UDP_BUFFER_BYTES };
  return UdpSocket.open({ family: 4, address, port, gro: true, ...sizes });
}

function endpointOf(host: string): IpEndpoint {
  return { address: present(parseIp(host), host), port: PORT };
}

function sleepUs(us: number): void {
  Atomics.wait(SLEEPER, 0, 0, us / 1000);
}

function say(word: GeneratorWord, then: () => void): void {
  process.send?.(word, then);
}
