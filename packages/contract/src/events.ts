// The log catalogue: every event of the daemons and of the data plane, its level and its fields.
// A field never holds a key or a position. docs/operations.md lists it; a test compares.
import type { LogLevel } from './dataplane.ts';

export interface EventEntry {
  readonly level: LogLevel;
  readonly meaning: string;
  readonly fields: readonly string[];
}

function entry<const F extends readonly string[]>(level: LogLevel, meaning: string, ...fields: F) {
  return { level, meaning, fields };
}

export const EVENTS = {
  'daemon.starting': entry('info', 'the daemon read its configuration', 'version', 'configHash'),
  'daemon.ready': entry('info', 'data plane up, addresses and routes set', 'tun', 'peers'),
  'daemon.stopping': entry('info', 'a stop was asked for', 'signal'),
  'daemon.stopped': entry('info', 'routes, addresses and tunnel device are removed', 'exitCode'),
  'daemon.failed': entry('error', 'the daemon ends', 'code', 'message', 'hint', 'exitCode'),
  'dataplane.retry': entry(
    'error',
    'the data plane could not start; tried again after retrySeconds',
    'code',
    'message',
    'hint',
    'retrySeconds',
  ),
  'dataplane.slow_stop': entry('warn', 'the data plane did not stop in time', 'waitedSeconds'),
  'reload.done': entry('info', 'the new configuration is in force', 'configHash', 'peers'),
  'reload.refused': entry('error', 'the new configuration is invalid; the old stays', 'fault'),
  'reload.restart_needed': entry('warn', 'this field changes only at a restart', 'field'),
  'policy.taken': entry('info', 'this policy holds from the next packet on', 'policy'),
  'link.used': entry('info', 'a carrier is handed to the data plane', 'link', 'device'),
  'link.lost': entry('warn', 'a carrier can no longer be used', 'link', 'device', 'state'),
  'link.changed': entry('info', 'address or device of a carrier changed', 'link', 'device'),
  'link.none': entry('warn', 'no carrier at all; waiting for one', 'wanted', 'hint'),
  'link.some': entry('info', 'there is a carrier again', 'usable'),
  'link.watch_failed': entry('error', 'links cannot be listed; tried again', 'message'),
  'net.failed': entry('warn', 'an address, route or setting was refused', 'item', 'message'),
  'net.healed': entry('info', 'what was refused before is now set', 'item'),
  'net.leftover_removed': entry('info', 'removed what an earlier run left behind', 'item'),
  'sysctl.changed': entry('info', 'a kernel setting was changed', 'key', 'from', 'to'),
  'sysctl.rp_filter': entry(
    'warn',
    'strict reverse-path filter made loose, or answers on this link would be dropped',
    'device',
  ),
  'data.spent': entry(
    'warn',
    'a link has used its data of the month: for critical and realtime only until it ends',
    'link',
    'usedMb',
    'monthlyMb',
  ),
  'data.within': entry('info', 'a link may carry everything again', 'link'),
  'data.unwritable': entry('error', 'what links used cannot be kept over a restart', 'message'),
  'gateway.silent': entry(
    'warn',
    'no answer from a gateway for this long; hints are reasons to check',
    'gateway',
    'seconds',
    'hints',
  ),
  'gateway.heard': entry('info', 'a silent gateway answers again', 'gateway', 'seconds'),
  'gateway.prefer': entry('info', 'a move to this gateway was asked for', 'gateway'),
  'gateway.drain': entry('info', 'all units were asked to move'),
  'record.started': entry('info', 'drives are recorded here', 'directory', 'mostMb'),
  'record.failed': entry(
    'error',
    'a drive cannot be written; tried again each minute, driving goes on',
    'directory',
    'message',
  ),
  'record.resumed': entry('info', 'drives are written again', 'directory'),
  'history.failed': entry('warn', 'the history will not outlive a restart', 'message'),
  'clock.stepped': entry('warn', 'the system clock was set; the seconds it moved on', 'seconds'),
  'clock.floor_unreadable': entry(
    'warn',
    'the handshake clock starts without its floor; harmless unless the clock was set back',
    'message',
  ),
  'clock.floor_unwritable': entry('error', 'the handshake clock cannot be kept', 'message'),
  'clock.behind': entry(
    'warn',
    'the system clock is behind the last handshake; the floor is used',
    'seconds',
  ),
  'unit.active': entry('info', "a unit's traffic is here; its routes are set", 'unit', 'routes'),
  'unit.inactive': entry('info', "a unit's traffic left; its routes are removed", 'unit'),
  'platform.silent': entry(
    'warn',
    'the platform does not answer; the tunnel goes on, what there is to tell is kept',
    'message',
  ),
  'platform.heard': entry('info', 'the platform answers again', 'seconds'),
  'platform.refused': entry('warn', 'the platform says no', 'status', 'type', 'request'),
  'tunnel.taken': entry('info', 'gateways and keys from the platform', 'version', 'gateways'),
  'units.taken': entry('info', 'units and keys from the platform', 'version', 'units'),
  'platform.unusable': entry(
    'warn',
    'what the platform sent cannot be used; the last good stays in force',
    'what',
    'version',
    'fault',
  ),
  'configuration.tried': entry(
    'info',
    'a configuration from the platform is in force on trial',
    'version',
    'seconds',
  ),
  'configuration.confirmed': entry('info', 'the configuration on trial is kept', 'version'),
  'configuration.fell_back': entry(
    'warn',
    'the configuration before the trial is in force again',
    'version',
    'reason',
  ),
  'mission.taken': entry('info', 'the vehicle is on a mission', 'urgency', 'seconds'),
  'mission.over': entry('info', 'it is on none any more', 'urgency', 'how'),
  'companion.failed': entry(
    'error',
    'a fault of ours beside the tunnel, which goes on; report it',
    'message',
  ),
  'samples.refused': entry(
    'error',
    'the platform does not take this sample; it is passed over; report it',
    'journal',
    'sequence',
  ),
  'samples.failed': entry('error', 'a sample cannot be kept; said once', 'message'),
  'samples.dropped': entry('warn', 'the oldest samples made room, unsent', 'count'),
  'page.open': entry('info', "the crew's page is served here", 'address', 'port'),
  'page.failed': entry('warn', "the crew's page cannot be served; tried again", 'message'),
  'gps.heard': entry('info', 'gpsd tells where the vehicle is', 'host', 'port'),
  'gps.silent': entry(
    'warn',
    'gpsd cannot be reached; tried again, and without it the vehicle is nowhere on the map',
    'message',
  ),
  // Of the data plane: written by packages/session and packages/dataplane.
  'handshake.done': entry('info', 'data plane: new session keys', 'peer', 'handshakes'),
  'handshake.refused': entry(
    'warn',
    'data plane: a handshake was refused; seconds: how far its timestamp is behind',
    'peer',
    'reason',
    'seconds',
  ),
  'handshake.silent': entry('warn', 'data plane: handshakes unanswered', 'peer', 'tries'),
  'peer.multipath': entry('info', 'data plane: multipath is agreed with a peer', 'peer', 'on'),
  'path.state': entry(
    'info',
    'data plane: a path changed; silentMs: how long an answer had been awaited',
    'peer',
    'path',
    'link',
    'from',
    'to',
    'silentMs',
  ),
  'path.address': entry('info', "data plane: a peer's address on a path changed", 'peer', 'path'),
  'gateway.switched': entry('info', 'data plane: traffic moved', 'from', 'to', 'why'),
  'command.failed': entry(
    'warn',
    'data plane: an order could not be carried out (a link that vanished meanwhile)',
    'command',
    'code',
    'message',
  ),
  // Of the national platform.
  'platform.ready': entry('info', 'the platform answers', 'version', 'database', 'addresses'),
  'platform.stopping': entry('info', 'a stop was asked for', 'signal'),
  'platform.stopped': entry('info', 'what ran has ended, the database is closed'),
  'platform.embedded': entry(
    'warn',
    'the embedded database outlives the death of the process, not a power cut',
    'directory',
  ),
  'platform.migrated': entry('info', 'the tables were brought up to date', 'migrations'),
  'platform.first_run': entry(
    'info',
    'the first user was made; see the link beside',
    'validMinutes',
  ),
  'audit.broken': entry(
    'error',
    'an entry of the audit log that was vouched for is gone; run `rmh audit verify`',
    'sequence',
  ),
  'platform.fault': entry(
    'error',
    'an answer failed by our own fault; report it',
    'where',
    'requestId',
    'what',
    'stack',
  ),
  'reply.unexpected': entry('error', 'an answer is not what its route promises', 'route', 'fields'),
  'mail.given_up': entry(
    'warn',
    "a mail to a carrier's contacts was given up; the case itself is as it was",
    'case',
    'event',
    'tries',
  ),
  'job.failed': entry('error', 'a job failed; it runs again', 'job', 'what', 'stack'),
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENTS;
export type FieldsOf<E extends EventName> = Record<
  (typeof EVENTS)[E]['fields'][number],
  string | number | boolean
>;
