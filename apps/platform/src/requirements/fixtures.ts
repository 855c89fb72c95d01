// For each requirement of the national set: what makes it met, and what makes it fail. SQL over the
// tables that others write. $v is the vehicle, $u its unit, $o the organisation, $n the nation; the
// evaluation runs at AT.
export const AT = '2026-11-25T12:00:00.000Z';

export interface Fixture {
  readonly met: readonly string[];
  readonly failed: readonly string[];
}

const ago = (span: string) => `'${AT}'::timestamptz - interval '${span}'`;

const latest = (body: string, health = 'NULL', heardAgo = '1 minute') =>
  `INSERT INTO unit_latest (unit_id, vehicle_id, organisation_id, state, since, heard_at, at_ms,
     body, health)
   VALUES ($u, $v, $o, 'up', ${ago('1 day')}, ${ago(heardAgo)}, 0, '${body}', ${health})`;

const subscription = (carrier: number, priority = false) =>
  `INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid, priority)
   VALUES ($o, $v, ${carrier}, 'iccid-$v-${carrier}', ${priority})`;

/** A day of measurements in Norway: ms up and down, critical packets sent, late, lost. */
const day = (up: number, down = 0, [sent, late, lost] = [0, 0, 0]) =>
  `INSERT INTO rollup_service VALUES (86400, '2026-11-23T23:00:00Z', $u, $v, $o, false, 8640,
     ${up}, ${down}, 0, ${sent}, 0, ${late}, ${lost}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0, 0, 0, 0, 0)`;
const path = (link: string, up: number) =>
  `INSERT INTO rollup_path VALUES (86400, '2026-11-23T23:00:00Z', $u, $v, $o, false, '${link}',
     ${up}, 0, 0, 0, 0, 0, 0, 0, 0, 0)`;
const watch = (since: string) =>
  `INSERT INTO vehicle_watch VALUES ($u, $v, $o, false, ${since}, '2026-11-24T23:00:00Z', true)`;
const outage = (link: string | null, toAt: string, moved: number | null, cause = 'carrier') =>
  `INSERT INTO outage (unit_id, journal, number, vehicle_id, organisation_id, simulated, link,
     from_at, to_at, moved_after_ms, critical_lost, frozen_ms, cause)
   VALUES ($u, '00000000-0000-4000-8000-000000000001', 1, $v, $o, false,
     ${link === null ? 'NULL' : `'${link}'`}, '2026-11-24T10:00:00Z', '${toAt}', ${moved}, 0, 0,
     '${cause}')`;

const body = (values: string) =>
  `INSERT INTO configuration_body (hash, body) VALUES (decode(md5('$v'), 'hex'), '${values}');
   INSERT INTO unit_configuration (unit_id, organisation_id, version, body_id, confirmed_version,
     changed_at) SELECT $u, $o, 1, id, 1, ${ago('1 day')} FROM configuration_body
     WHERE hash = decode(md5('$v'), 'hex')`;

const tunnel = `UPDATE unit SET tunnel_key = decode(md5('$u'), 'hex') WHERE id = $u`;
const key = (gateway: number, age: string) =>
  `INSERT INTO preshared_key (unit_id, gateway_id, organisation_id, sealed, made_at, stage_at)
   VALUES ($u, ${gateway}, $o, '', ${ago(age)}, ${ago(age)})`;

const alarm = (age: string, more = '') =>
  `INSERT INTO alarm (key, organisation_id, kind, severity, simulated, vehicle_id, vehicles, since,
     raised_at, updated_at ${more === '' ? '' : ', acknowledged_by, acknowledged_at'})
   VALUES ('vehicle-down:$o:$v', $o, 'vehicle-down', 'critical', false, $v, 1, ${ago(age)},
     ${ago(age)}, ${ago(age)} ${more === '' ? '' : `, 'Kari', ${more}`})`;

const attest = (fact: string, doneOn: string) =>
  `INSERT INTO attestation (organisation_id, fact, done_on, note, author, at)
   VALUES ($o, '${fact}', '${doneOn}', 'sak 26/1', 'Kari', '${doneOn}')`;
const user = (name: string, lastSeen: string) =>
  `INSERT INTO app_user (organisation_id, name, last_seen_at)
   VALUES ($o, '${name} $o', ${lastSeen})`;
const operator = (name: string) =>
  `${user(name, ago('1 day'))};
   INSERT INTO user_grant SELECT id, 'ict-operator', $o FROM app_user WHERE name = '${name} $o'`;
const token = (validFor: string) =>
  `INSERT INTO service_token (organisation_id, name, verbs, token_hash, created_at, expires_at)
   VALUES ($o, 't', '{vehicle.read}', decode(md5('$o'), 'hex'), ${ago('10 days')},
     ${ago('10 days')} + interval '${validFor}')`;
const look = (reason: string) =>
  `SELECT audit_append(${ago('1 day')}, $o, 'user:1', 'track.read', 'vehicle', '1', NULL, NULL,
     ${reason}, NULL)`;
const gateway = (id: number, site: string, heardAgo: string) =>
  `INSERT INTO gateway (id, organisation_id, name, site, endpoint, allowed_ips, state, heard_at)
   VALUES (${id}, $o, 'gw-${id}', '${site}', '192.0.2.${id}:51820', '{}', 'enrolled',
     ${ago(heardAgo)})
   ON CONFLICT (id) DO UPDATE SET site = excluded.site, heard_at = excluded.heard_at`;

// The order behind an installation is not what is looked at.
const drive = (movedMs: number) =>
  `ALTER TABLE installation DROP CONSTRAINT IF EXISTS installation_order_item_id_fkey;
   INSERT INTO installation (id, organisation_id, vehicle_id, order_item_id, ordered_at)
   VALUES ($v, $o, $v, $v, ${ago('9 days')});
   INSERT INTO acceptance_drive (organisation_id, installation_id, from_at, to_at, measured_at,
     measured_by, passed, figures)
   VALUES ($o, $v, ${ago('2 days')}, ${ago('2 days')}, ${ago('1 day')}, 'Kari', true,
     '[{"check": "length", "measured": 1200}, {"check": "failover", "measured": ${movedMs}}]')`;

const YESTERDAY = `'2026-11-23T23:00:00Z'::timestamptz`;
const DAY = 86_400_000;

export const FIXTURES: Readonly<Record<string, Fixture>> = {
  'T-01': {
    met: [subscription(1), subscription(2), day(DAY), path('telenor', DAY), path('telia', 1)],
    failed: [subscription(1), subscription(2), day(DAY), path('telenor', DAY), path('telia', 0)],
  },
  'T-02': { met: [subscription(1, true)], failed: [subscription(1, false)] },
  'T-03': { met: [day(999_000, 1_000)], failed: [day(998_999, 1_001)] },
  'T-04': {
    met: [outage('telia', '2026-11-24T10:05:00Z', 1_000)],
    failed: [outage('telia', '2026-11-24T10:05:00Z', 1_001)],
  },
  'T-05': {
    met: [day(DAY, 0, [10_000, 100, 10])],
    failed: [day(DAY, 0, [10_000, 100, 11])],
  },
  'T-06': {
    met: [day(DAY), outage(null, '2026-11-24T10:15:00Z', null)],
    failed: [day(DAY), outage(null, '2026-11-24T10:15:01Z', null)],
  },
  'T-07': {
    met: [day(0.95 * DAY), watch(YESTERDAY)],
    failed: [day(0.94 * DAY), watch(YESTERDAY)],
  },
  'T-08': {
    met: [latest('{"waiting": 8640}', 'NULL', '7 days')],
    failed: [latest('{"waiting": 0}', 'NULL', '7 days 1 minute')],
  },
  'T-09': {
    met: [gateway(1, 'Oslo', '1 minute'), gateway(2, 'Trondheim', '1 minute')],
    failed: [gateway(1, 'Oslo', '1 minute'), gateway(2, 'Trondheim', '1 hour')],
  },
  'T-10': { met: [drive(1_000)], failed: [drive(1_001)] },
  'S-01': { met: [], failed: [`UPDATE unit SET state = 'awaited' WHERE id = $u`] },
  'S-02': {
    met: [latest('{"softwareVersion": "2.0.0"}')],
    failed: [
      `INSERT INTO software_seen VALUES (false, '1.10.0', ${ago('31 days')})`,
      latest('{"softwareVersion": "1.9.9"}'),
    ],
  },
  'S-03': { met: [body('{}')], failed: [body('{"recordMb": 201}')] },
  'S-04': {
    met: [latest('{}', `'{"diskShare": 0.9}'`)],
    failed: [latest('{}', `'{"diskShare": 0.91}'`)],
  },
  'S-05': { met: [alarm('23 hours')], failed: [alarm('25 hours')] },
  'S-06': {
    met: [alarm('3 days', ago('2 days 23 hours 31 minutes'))],
    failed: [alarm('3 days', ago('2 days 23 hours 29 minutes'))],
  },
  'S-07': {
    met: [
      ...[operator('Kari'), operator('Ola')],
      `INSERT INTO webhook (organisation_id, name, target, kinds, least_severity, enabled)
       VALUES ($o, 'vakt', 'mailto:vakt@example.org', '{}', 'major', true)`,
    ],
    failed: [operator('Kari')],
  },
  'S-08': {
    met: [user('Kari', ago('89 days'))],
    failed: [user('Kari', ago('91 days'))],
  },
  'S-09': { met: [token('365 days')], failed: [token('367 days')] },
  'S-10': {
    met: [attest('riskAssessmentDays', '2025-11-24')],
    failed: [attest('riskAssessmentDays', '2025-11-23')],
  },
  'S-11': {
    met: [look(`'bad'`), look(`'bedre'`)],
    failed: [
      ...[look(`'bad'`), look(`'bedre'`)],
      'ALTER TABLE audit DISABLE TRIGGER audit_is_written_once',
      `UPDATE audit SET reason = 'annet' WHERE sequence = (SELECT max(sequence) FROM audit)`,
    ],
  },
  'S-12': {
    met: [attest('recoveryDrillDays', '2026-05-26')],
    failed: [attest('recoveryDrillDays', '2026-05-25')],
  },
  'S-13': {
    met: [attest('intrusionTestDays', '2026-01-01')],
    failed: [attest('intrusionTestDays', '2025-01-01')],
  },
  'P-01': {
    met: ['UPDATE retention SET position_days = 30'],
    failed: [
      'ALTER TABLE retention DROP CONSTRAINT retention_position_days_check',
      'UPDATE retention SET position_days = 31',
    ],
  },
  'P-02': { met: [body('{"sampleKeepDays": 7}')], failed: [body('{"sampleKeepDays": 6}')] },
  'P-03': { met: [body('{"logLevel": "info"}')], failed: [body('{"logLevel": "debug"}')] },
  'P-04': { met: [look(`'savnet kjøretøy'`)], failed: [look('NULL')] },
  'P-05': {
    met: [attest('processorAgreementDays', '2025-01-01')],
    failed: [attest('processorAgreementDays', '2024-01-01')],
  },
  'P-06': {
    met: [attest('impactAssessmentDays', '2025-01-01')],
    failed: [attest('impactAssessmentDays', '2024-01-01')],
  },
  'K-01': { met: [tunnel, key(8, '24 hours')], failed: [tunnel, key(8, '26 hours')] },
  'K-02': {
    met: [tunnel, key(8, '1 hour'), key(9, '1 hour')],
    failed: [tunnel, key(8, '1 hour')],
  },
  'K-03': {
    met: [`UPDATE unit SET enrolled_at = ${ago('730 days')} WHERE id = $u`],
    failed: [`UPDATE unit SET enrolled_at = ${ago('732 days')} WHERE id = $u`],
  },
  'K-04': {
    met: ['UPDATE network_settings SET rotate_keys_hours = 24'],
    failed: ['UPDATE network_settings SET rotate_keys_hours = 25'],
  },
  'U-01': {
    met: [attest('accessibilityStatementDays', '2026-10-01')],
    failed: [attest('accessibilityStatementDays', '2025-10-01')],
  },
};
