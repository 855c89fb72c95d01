// What people and carriers leave behind in a year of 700 vehicles, by SQL: cases with evidence,
// notes, orders, installations, plans, the audit log, and the cells that a fleet drives through.
const VEHICLES = `(SELECT w.unit_id, v.id, v.organisation_id, v.simulated,
    row_number() OVER (ORDER BY v.id) AS nth
  FROM vehicle v JOIN vehicle_watch w ON w.vehicle_id = v.id) AS v`;
const NATION = `(SELECT id FROM organisation WHERE kind = 'national')`;
const until = (count: number, name = 'n') => `generate_series(1, ${count}) AS ${name}`;
/** Spread over the year, the newest first. */
const ago = (n: string, count: number) => `now() - ${n} * interval '${31_536_000 / count} s'`;

// Six a week over the country.
const CASES = 300;
const EVIDENCE_VEHICLES = 40;
// Three a year from each vehicle's crew and garage.
const NOTES = 2_000;
const VEHICLES_AN_ORDER = 2;
// Some 270 a day: who looked at a track, and what was changed.
const AUDIT = 100_000;
const USERS = 300;
// A day's drive: 20 of the 10,000 roads' cells that a fleet knows, in six larger ones.
const CELLS_A_DAY = 20;
const DAYS = 28;

/** Into the database of a fleet that has told a month. */
export function work(): string[] {
  return [
    PEOPLE,
    ...CASE_ROWS,
    ...NOTE_ROWS,
    ...ORDER_ROWS,
    ...PLANS,
    ...LAYERS,
    AUDIT_ROWS,
    ...PLACES,
  ];
}

const PEOPLE = `INSERT INTO carrier (key, name, colour) VALUES ('telenor', 'Telenor', 1),
    ('telia', 'Telia', 2), ('ice', 'Ice', 3) ON CONFLICT DO NOTHING;
  INSERT INTO app_user (organisation_id, name, email)
  SELECT o.id, 'Bruker ' || n, 'bruker' || n || '@example.org' FROM ${until(USERS)},
    LATERAL (SELECT id FROM organisation ORDER BY (id * n) % 17, id LIMIT 1) AS o`;

const EVIDENCE = `json_build_object('format', 'rmh-evidence-1', 'caseId', c.id, 'version', 1,
  'frozenAt', '2026-01-01T00:00:00.000Z', 'kind', 'area', 'simulated', true,
  'carrier', json_build_object('key', 'telia', 'name', 'Telia'),
  'from', '2026-01-01T00:00:00.000Z', 'to', '2026-01-01T00:20:00.000Z', 'cells', '[]'::json,
  'lostMs', 48000000, 'vehiclesStruck', ${EVIDENCE_VEHICLES}, 'vehiclesServed', 38,
  'vehiclesFine', 3, 'held', '[]'::json, 'days', '[]'::json, 'vehicles', (SELECT json_agg(
    json_build_object('number', n, 'from', '2026-01-01T00:00:00.000Z', 'to', NULL,
      'cell', '860999007ffffff', 'lostMs', 1200000, 'rsrpDbm', -97.5, 'held',
      '["ice", "telenor"]'::json, 'servedThroughout', true))
    FROM ${until(EVIDENCE_VEHICLES)}))::text`;
const CASE_ROWS = [
  `INSERT INTO carrier_case (organisation_id, seen_by, carrier_id, kind, state, simulated, from_at,
    to_at, cells, vehicles, lost_ms, evidence, opened_at, opened_by, sent_at, answered_at, ended_at)
  SELECT ${NATION}, ARRAY(SELECT id FROM organisation WHERE kind = 'hf' AND id % 4 = n % 4), k.id,
    CASE n % 5 WHEN 0 THEN 'hole' ELSE 'area' END, CASE WHEN n <= 20 THEN 'sent' ELSE 'closed' END,
    true, at, at + interval '20 minutes', '{860999007ffffff}', ${EVIDENCE_VEHICLES}, 48000000, 1,
    at, 'RMH', at + interval '1 hour', at + interval '1 day',
    CASE WHEN n > 20 THEN at + interval '9 days' END
  FROM ${until(CASES)}, LATERAL (SELECT ${ago('n', CASES)} AS at) AS t,
    LATERAL (SELECT id FROM carrier ORDER BY id OFFSET n % 3 LIMIT 1) AS k`,
  `INSERT INTO carrier_case_message (case_id, at, side, author, text)
  SELECT id, opened_at, CASE n % 2 WHEN 0 THEN 'carrier' ELSE 'health' END, 'Bruker', repeat('Feil
    på basestasjon, montør er på vei. ', 10) FROM carrier_case, ${until(6)}`,
  `INSERT INTO carrier_case_change (case_id, at, side, actor, to_state)
  SELECT id, opened_at, 'health', 'Bruker', state FROM carrier_case, ${until(5)}`,
  `INSERT INTO carrier_case_share SELECT id, unnest(seen_by), 10, 12000000 FROM carrier_case`,
  `INSERT INTO carrier_evidence (case_id, version, frozen_at, content, sha256, signature, key_id,
    vehicles, lost_ms)
  SELECT c.id, 1, c.from_at, ${EVIDENCE}, repeat('0', 64), '', repeat('0', 16), 1, 1
  FROM carrier_case c`,
];

const WORDS = `'{dekning,tunnel,antenne,ruter,ambulanse,fjord,bytte,signal,modem,omstart,veien,
  sykehus,basestasjon,ferge,strøm,kabel,telefon,journal,video,samband,løsning,feil,vinter,snø,
  tak,montert,garasje,oppdatering,natt,helikopter,båt,Tromsø,Bergen,Oslofjordtunnelen,Lofoten,
  Hardanger,Finnmark,Sørlandet,Trondheim,mastebytte,nødnett,utrykning,kryssing,bro,dal}'::text[]`;
const text = (
  length: number,
) => `(SELECT string_agg((${WORDS})[1 + (n * 7919 + i * i * 31) % 45], ' ')
  FROM generate_series(1, ${length}) AS i)`;
const NOTE_ROWS = [
  `INSERT INTO experience_note (organisation_id, title, body, state, place_name, device_model,
    carrier_id, author, created_at, changed_at)
  SELECT o.id, ${text(5)}, ${text(90)}, CASE n % 3 WHEN 0 THEN 'open' ELSE 'solved' END,
    CASE n % 4 WHEN 0 THEN ${text(1)} END, CASE n % 4 WHEN 1 THEN 'RX-' || n % 6 END, k.id,
    'Bruker ' || n % ${USERS}, at, at
  FROM ${until(NOTES)}, LATERAL (SELECT ${ago('n', NOTES)} AS at) AS t,
    LATERAL (SELECT id FROM organisation ORDER BY (id * n) % 17, id LIMIT 1) AS o
    LEFT JOIN LATERAL (SELECT id FROM carrier ORDER BY id OFFSET n % 6 LIMIT 1) AS k ON true`,
  `INSERT INTO experience_revision SELECT id, 1, organisation_id, created_at, author,
    '{"title": "x", "text": "x", "state": "open", "place": null, "deviceModel": null,
      "carrierId": null, "vehicleKind": null, "layerId": null, "field": null}'
  FROM experience_note`,
  `INSERT INTO experience_comment (note_id, organisation_id, author, at, text)
  SELECT id, organisation_id, author, created_at, ${text(30)} FROM experience_note,
    ${until(3)}`,
  `INSERT INTO experience_mark SELECT id, 'user:' || n, organisation_id FROM experience_note,
    generate_series(1, id % 8) AS n`,
  `INSERT INTO experience_promotion (note_id, organisation_id, requirement_id, version, author, at)
  SELECT n.id, n.organisation_id, (SELECT min(id) FROM requirement), 1, n.author, n.created_at
  FROM experience_note n WHERE n.id % 20 = 0`,
];

// Two vehicles an order, a kit and three cards each, two years of deliveries.
const ORDER_ROWS = [
  `INSERT INTO catalogue_item (organisation_id, code, revision, kind, carrier_id, name, description,
    once_ore, monthly_ore, valid_from)
  SELECT ${NATION}, 'KIT', 1, 'vehicle-kit', NULL::integer, 'Utstyr', '', 4500000, 0,
    DATE '2024-01-01'
  UNION ALL SELECT ${NATION}, 'SIM-' || key, 1, 'subscription', id, name, '', 0, 19900,
    DATE '2024-01-01' FROM carrier`,
  `INSERT INTO service_order (organisation_id, state, note, placed_at, placed_by)
  SELECT organisation_id, 'completed', '', ${ago('nth', 400)}, 'Bruker'
  FROM ${VEHICLES} WHERE nth % ${VEHICLES_AN_ORDER} = 0 ORDER BY nth DESC`,
  `INSERT INTO service_order_item (order_id, organisation_id, payer_id, vehicle_id,
    catalogue_item_id, once_ore, monthly_ore, state)
  SELECT o.id, v.organisation_id, v.organisation_id, v.id, c.id, c.once_ore, c.monthly_ore,
    'completed'
  FROM ${VEHICLES} JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM service_order) AS o
    ON o.nth = v.nth / ${VEHICLES_AN_ORDER}, catalogue_item c`,
  `INSERT INTO service_order_change (order_id, organisation_id, at, actor, to_state)
  SELECT id, organisation_id, placed_at, 'Bruker', 'acknowledged' FROM service_order, ${until(6)}`,
  `INSERT INTO installation (organisation_id, vehicle_id, order_item_id, ordered_at, delivered_at,
    installed_at, accepted_at, operation_at)
  SELECT i.organisation_id, i.vehicle_id, i.id, at, at + interval '20 days',
    at + interval '30 days', at + interval '31 days', at + interval '31 days'
  FROM service_order_item i JOIN catalogue_item c ON c.id = i.catalogue_item_id
    JOIN service_order o ON o.id = i.order_id,
    LATERAL (SELECT o.placed_at - interval '60 days' AS at) AS t WHERE c.kind = 'vehicle-kit'`,
  `INSERT INTO installation_point SELECT id, organisation_id, 'point-' || n, true, '', installed_at,
    'Bruker' FROM installation, ${until(20)}`,
  `INSERT INTO acceptance_drive (organisation_id, installation_id, from_at, to_at, measured_at,
    measured_by, passed, figures)
  SELECT organisation_id, id, accepted_at, accepted_at, accepted_at, 'Bruker', true, '[]'
  FROM installation, ${until(2)}`,
];

const REGIONS = `organisation o WHERE o.kind = 'rhf'`;
const PLANS = [
  `INSERT INTO programme_plan SELECT id, 'Bruker', 1 FROM ${REGIONS}`,
  `INSERT INTO programme_month SELECT o.id,
    (date_trunc('month', now()) - n * interval '1 month')::date, 175, 170, 160, 150, 140
  FROM ${until(24)}, ${REGIONS}`,
  `INSERT INTO programme_row (organisation_id, kind, text, owner, due, note, since)
  SELECT o.id, CASE n % 2 WHEN 0 THEN 'blocker' ELSE 'milestone' END, 'Mangler garasje', 'Bruker',
    now()::date, '', now() - interval '9 days' FROM ${until(40)}, ${REGIONS}`,
];

const LAYERS = [
  `INSERT INTO configuration_layer (kind, organisation_id, name, version)
  SELECT kind, id, name, 10 FROM organisation WHERE kind IN ('national', 'rhf', 'hf')
  ON CONFLICT DO NOTHING`,
  `INSERT INTO configuration_layer_version SELECT l.id, n, l.organisation_id, now(), 'Bruker', '',
    '{}', '{}' FROM configuration_layer l, ${until(10)} ON CONFLICT DO NOTHING`,
];

// Not chained: nobody verifies it here, and a list reads it as it reads any other.
const AUDIT_ROWS = `INSERT INTO audit (sequence, at, organisation_id, actor, action, object_kind,
    object_id, after, reason, request_id, previous_hash, hash)
  SELECT (SELECT coalesce(max(sequence), 0) FROM audit) + n,
    now() - (${AUDIT} - n) * interval '315 s', v.organisation_id, 'user:' || 2 + n % ${USERS},
    CASE n % 5 WHEN 0 THEN 'unit.update' ELSE 'vehicle.track' END, 'vehicle', v.id::text,
    '{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}', 'Avvik i samband',
    md5(n::text), sha256(n::text::bytea), sha256(n::text::bytea)
  FROM ${until(AUDIT)}
  JOIN ${VEHICLES} ON v.nth = 1 + (n * 31) % (SELECT count(*) FROM vehicle_watch)`;

// Neighbours' ways cross: a cell is met by some eight vehicles. Cells that the fleet has told.
const CELLS = `WITH cells AS (
    SELECT array_agg(cell ORDER BY cell) AS cell, count(*) AS cells FROM coverage_cell)`;
const MET = `FROM ${VEHICLES} CROSS JOIN ${until(DAYS, 'ago')} CROSS JOIN cells
  CROSS JOIN generate_series(1, ${CELLS_A_DAY}) AS step,
  LATERAL (SELECT now()::date - ago AS day,
    cell[1 + (v.nth * ${DAYS} + (ago * 13) % 200 + step) % cells] AS cell) AS p`;
const PLACES = [
  `${CELLS} INSERT INTO coverage_day SELECT p.cell, p.day, link, v.unit_id, v.id, v.organisation_id,
    v.simulated, 290000, step * 500, step * 100, 290000::bigint * 45000, 290000, -95 * 2900, 29,
    p.day::timestamptz ${MET}, unnest(ARRAY['', 'telenor', 'telia', 'ice']) AS link
  ON CONFLICT DO NOTHING`,
  `INSERT INTO coverage_dirty SELECT DISTINCT day, h3_parent(cell, 5), unit_id FROM coverage_day
  ON CONFLICT DO NOTHING`,
  `INSERT INTO shared_fate_built
  SELECT unit_id, (at AT TIME ZONE 'Europe/Oslo')::date, sum(samples) FROM rollup_service
    WHERE step_s = 86400 AND at > now() - interval '32 days' GROUP BY 1, 2
  ON CONFLICT (day, unit_id) DO UPDATE SET samples = excluded.samples`,
  `${CELLS} INSERT INTO shared_fate_day SELECT p.day, v.unit_id, v.id, v.organisation_id,
    v.simulated, h3_parent(p.cell, 6) + 0 * step, first, second,
    CASE (ago + step) % 10 WHEN 0 THEN 4000 ELSE 0 END, step * 800, step * 400, step * 800, 900000
  ${MET}, (VALUES ('telenor', 'telia'), ('ice', 'telenor'), ('ice', 'telia')) AS k (first, second)
  WHERE step % 3 = 0 ON CONFLICT DO NOTHING`,
];
