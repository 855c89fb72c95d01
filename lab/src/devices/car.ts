// The systems in one vehicle. On its LAN they talk through the tunnel with the site; on the unit
// the same small probe goes over each carrier alone. A program: `node car.ts PLAN`.
import { type IpEndpoint, parseIp, present } from '@rmh/base';
import { inNetns, nowUs, TcpStream } from '@rmh/netio';
import { AloneProbe } from './alone-probe.ts';
import { planOf } from './control.ts';
import { ALONE_ID, DSCP, FLOWS, type Flow, PROBE_UP } from './flows.ts';
import { Hold } from './hold.ts';
import { MessageStream } from './message-stream.ts';
import { DEVICES_NETNS_FD, PORT, portBase, type StationPlan } from './plan.ts';
import { DatagramSource, MessageSource, Redial } from './sources.ts';
import { type Send, Station, WARM_UP_SEQUENCE } from './station.ts';

const WARM_UP_EVERY_US = 100_000;

function runCar(plan: StationPlan): void {
  const dialHold = (): Hold =>
    inDevices(() => new Hold(plan.vehicle, at(plan.siteAddress, plan, 'hold'), nowUs()));
  const station = new Station(plan, dialHold);
  const classes = new Map<string, DatagramSource>();
  for (const flow of FLOWS) {
    if (!plan.flowIds.includes(flow.id)) continue;
    if (flow.transport === 'udp') openClass(station, classes, flow);
    if (flow.direction === 'down') continue;
    const to = at(plan.siteAddress, plan, flow.class);
    const send: Send =
      flow.transport === 'tcp'
        ? messageSender(station, flow)
        : (sequence, atUs) => {
            const head = station.headOf(flow.id, flow.bytes, sequence, atUs);
            present(classes.get(flow.class), 'each class has its socket').send(head, to);
            return true;
          };
    station.pace(flow, [flow.id], send);
  }
  probeAlone(station);
  station.run();
}

/** One socket a class: all packets of a socket have one DSCP. */
function openClass(station: Station, classes: Map<string, DatagramSource>, flow: Flow): void {
  if (classes.has(flow.class)) return;
  const { plan } = station;
  const port = portBase(plan.vehicle) + PORT[flow.class];
  const options = { address: plan.carAddress, port, dscp: DSCP[flow.class] };
  const source = inDevices(() => new DatagramSource(options, station.arrived));
  classes.set(flow.class, source);
  station.loop.add(source);
}

function messageSender(station: Station, flow: Flow): Send {
  const { plan } = station;
  const to = at(plan.siteAddress, plan, flow.class === 'bulk' ? 'bulkTcp' : 'journal');
  const options = { nonblocking: true, nodelay: true, tos: DSCP[flow.class] << 2 };
  const redial = new Redial(station.loop, () => {
    const stream = inDevices(() => TcpStream.connect(to, options));
    const messages = new MessageStream(stream, (head) => station.arrived(head, nowUs()));
    return new MessageSource(messages, true);
  });
  station.loop.addTimer(redial);
  return (sequence, atUs) => {
    const { source } = redial;
    if (source === null || source.ended) return false;
    const queued = source.messages.queue(station.headOf(flow.id, flow.bytes, sequence, atUs));
    source.flush();
    return queued;
  };
}

function probeAlone(station: Station): void {
  const { plan } = station;
  const flow = present(
    FLOWS.find(({ name }) => name === PROBE_UP),
    'the probe is a flow',
  );
  const to = at(plan.aloneAddress, plan, 'alone');
  const probes = plan.carriers.map(({ device }) => new AloneProbe(station, device, to));
  const sendAll = (sequence: number, atUs: number): boolean => {
    for (const [i, probe] of probes.entries()) {
      probe.send(station.headOf(ALONE_ID + i, flow.bytes, sequence, atUs));
    }
    return true;
  };
  station.pace(
    flow,
    probes.map((_, i) => ALONE_ID + i),
    sendAll,
  );
  let nextUs = 0;
  station.loop.addTimer({
    get nextUs() {
      return nextUs;
    },
    tick: (atUs) => {
      if (atUs < nextUs) return;
      nextUs = station.started ? Number.POSITIVE_INFINITY : atUs + WARM_UP_EVERY_US;
      if (!station.started) sendAll(WARM_UP_SEQUENCE, atUs);
    },
  });
}

function at(address: string, plan: StationPlan, port: keyof typeof PORT): IpEndpoint {
  const parsed = present(parseIp(address), 'a plan holds valid addresses');
  return { address: parsed, port: portBase(plan.vehicle) + PORT[port] };
}

function inDevices<T>(work: () => T): T {
  return inNetns(DEVICES_NETNS_FD, work);
}

runCar(planOf(process.argv));
