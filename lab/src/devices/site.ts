// The far ends in Helsenettet of one vehicle's systems, and out on the internet the answerer of
// the probes that come over each carrier alone. A program: `node site.ts PLAN`.
import { type IpEndpoint, parseIp, present } from '@rmh/base';
import { inNetns, nowUs, TcpListener } from '@rmh/netio';
import { planOf } from './control.ts';
import { ALONE_ID, DSCP, FLOWS, type Flow, PROBE_DOWN } from './flows.ts';
import { HOLD_ID } from './hold.ts';
import { MessageStream } from './message-stream.ts';
import type { Head } from './packet.ts';
import { ALONE_NETNS_FD, DEVICES_NETNS_FD, PORT, portBase, type StationPlan } from './plan.ts';
import { DatagramSource, MessageSource } from './sources.ts';
import { Station } from './station.ts';

const flowNamed = (name: string): Flow =>
  present(
    FLOWS.find((flow) => flow.name === name),
    `there is a flow ${name}`,
  );

function runSite(plan: StationPlan): void {
  const station = new Station(plan, null);
  const classes = new Map<string, DatagramSource>();
  for (const flow of FLOWS) {
    if (flow.transport !== 'udp' || !plan.flowIds.includes(flow.id)) continue;
    openClass(station, classes, flow);
    if (flow.direction === 'up') continue;
    const port = portBase(plan.vehicle) + PORT[flow.class];
    const to = { address: addressOf(plan.carAddress), port };
    station.pace(flow, [flow.id], (sequence, atUs) => {
      const head = station.headOf(flow.id, flow.bytes, sequence, atUs);
      present(classes.get(flow.class), 'each class has its socket').send(head, to);
      return true;
    });
  }
  listen(station, 'journal', DSCP.interactive, answerJournal(station));
  listen(station, 'bulkTcp', DSCP.bulk, (head) => station.arrived(head, nowUs()));
  listen(station, 'hold', 0, (head, messages) => {
    if (head.flowId === HOLD_ID) messages.queue({ ...head });
  });
  answerAlone(station);
  station.run();
}

function openClass(station: Station, classes: Map<string, DatagramSource>, flow: Flow): void {
  if (classes.has(flow.class)) return;
  const { siteAddress, vehicle } = station.plan;
  const port = portBase(vehicle) + PORT[flow.class];
  const options = { address: siteAddress, port, dscp: DSCP[flow.class] };
  const source = inNetns(DEVICES_NETNS_FD, () => new DatagramSource(options, station.arrived));
  classes.set(flow.class, source);
  station.loop.add(source);
}

type OnMessage = (head: Head, answers: MessageStream) => void;

/** Each question is answered at once with a page four times its size. */
function answerJournal(station: Station): OnMessage {
  const down = flowNamed('journal-down');
  return (head, answers) => {
    const atUs = nowUs();
    station.arrived(head, atUs);
    const queued = answers.queue(station.headOf(down.id, down.bytes, head.sequence, atUs));
    if (queued) station.ledger.noteSent(down.id);
  };
}

function listen(
  station: Station,
  name: 'journal' | 'bulkTcp' | 'hold',
  dscp: number,
  onMessage: OnMessage,
): void {
  const { plan, loop } = station;
  const port = portBase(plan.vehicle) + PORT[name];
  const endpoint = { address: addressOf(plan.siteAddress), port };
  const options = { nonblocking: true, nodelay: true, tos: dscp << 2 };
  const listener = inNetns(DEVICES_NETNS_FD, () => TcpListener.open(endpoint, options));
  let last: MessageSource | null = null;
  loop.add({
    fd: listener.fd,
    wantsWrite: false,
    ended: false,
    writable: () => {},
    close: () => listener.close(),
    readable: () => {
      for (let stream = listener.accept(); stream !== null; stream = listener.accept()) {
        if (last !== null) last.ended = true; // the car dialled again: the old one is dead
        const messages: MessageStream = new MessageStream(stream, (head) => {
          onMessage(head, messages);
        });
        last = new MessageSource(messages, false);
        loop.add(last);
      }
    },
  });
}

function answerAlone(station: Station): void {
  const { plan } = station;
  const flow = flowNamed(PROBE_DOWN);
  // Where each carrier's NAT was last seen: the probe down goes there, as any answer would.
  const seen = new Map<number, IpEndpoint>();
  const options = { address: plan.aloneAddress, port: portBase(plan.vehicle) + PORT.alone };
  const source = inNetns(
    ALONE_NETNS_FD,
    () =>
      new DatagramSource(options, (head, atUs, from) => {
        const endpoint = from();
        if (endpoint !== null) seen.set(head.flowId, endpoint);
        station.arrived(head, atUs);
      }),
  );
  station.loop.add(source);
  const ids = plan.carriers.map((_, i) => ALONE_ID + i);
  station.pace(flow, ids, (sequence, atUs) => {
    for (const id of ids) {
      const to = seen.get(id);
      if (to !== undefined) source.send(station.headOf(id, flow.bytes, sequence, atUs), to);
    }
    return true;
  });
}

function addressOf(text: string): IpEndpoint['address'] {
  return present(parseIp(text), 'a plan holds valid addresses');
}

runSite(planOf(process.argv));
