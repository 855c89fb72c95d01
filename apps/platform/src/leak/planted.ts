// Two regions with the same things in each. What belongs to the other one has numbers from 9000001
// and the word KANARI in every text, so that any trace of it in an answer is seen.
import type { ReportBody } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';

/** The region of those who ask, and one of everything in it. */
export const OWN = 11;
/** The other region: none of its things may show. */
export const OTHER = 9_000_001;
export const CANARY = /KANARI|90000\d\d/;

export async function plantTwoRegions(db: Database): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    await sql.query(
      `INSERT INTO organisation (id, parent_id, kind, name, short_name)
       VALUES (1, NULL, 'national', 'Norge', 'Norge')`,
    );
    await sql.query(
      `INSERT INTO gateway (id, organisation_id, name, site, endpoint, allowed_ips, state)
       VALUES (1, 1, 'gw-1', 'Oslo', '192.0.2.1:51820', '{172.30.0.0/16}', 'awaited')`,
    );
    await sql.query(`INSERT INTO carrier (id, key, name, colour) VALUES (1, 'telia', 'Telia', 1),
         (2, 'ice', 'Ice', 2)`);
    await sql.query(REQUIREMENT);
    await sql.query(
      `INSERT INTO catalogue_item
         (id, organisation_id, code, revision, kind, name, description, once_ore, monthly_ore,
          valid_from)
       VALUES (1, 1, 'KIT-1', 1, 'vehicle-kit', 'Utstyr', '', 1, 1, '2026-01-01')`,
    );
    for (const [id, word] of [
      [OWN, 'egen'],
      [OTHER, 'KANARI'],
    ] as const) {
      for (const text of region(id, word)) await sql.query(text);
    }
    for (const table of ['organisation', 'app_user', 'service_token', 'vehicle', 'unit']) {
      await sql.query(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), 1000)`);
    }
  });
}

// One for the nation: that it is there is no secret, who meets it is.
const REQUIREMENT = `INSERT INTO requirement (id, organisation_id, code) VALUES (1, 1, 'T-01');
  INSERT INTO requirement_version (requirement_id, version, organisation_id, at, author, note,
    content, binds, binds_from) VALUES (1, 1, 1, '2026-11-25 12:00:00Z', 'platform', '',
    '{"nb": {"title": "To", "text": "To"}, "en": {"title": "Two", "text": "Two"},
      "area": "service", "source": "Normen", "check": {"need": "all",
      "comparisons": [{"fact": "carriersFitted", "is": "at-least", "value": 2}]}}',
    'vehicle', '2026-11-01')`;

const evidenceOf = (caseId: number, word: string): string =>
  JSON.stringify({
    format: 'rmh-evidence-1',
    caseId,
    version: 1,
    frozenAt: '2026-11-25T12:00:00.000Z',
    kind: 'area',
    simulated: false,
    carrier: { key: 'telia', name: word },
    from: '2026-11-25T12:00:00.000Z',
    to: null,
    cells: [],
    lostMs: 1,
    vehiclesStruck: 1,
    vehiclesServed: 1,
    vehiclesFine: 0,
    held: [],
    vehicles: [],
    days: [],
  });

/** `id` and `word` are ours, so they are pasted. One of each table that an organisation owns. */
function region(id: number, word: string): string[] {
  const at = `'2026-11-25 12:00:00Z'`;
  return [
    `INSERT INTO organisation (id, parent_id, kind, name, short_name)
     VALUES (${id}, 1, 'rhf', '${word} helse', '${word}'),
       (${id + 1}, ${id}, 'hf', '${word} hf', '${word}')`,
    `INSERT INTO app_user (id, organisation_id, name, email)
     VALUES (${id}, ${id}, '${word} user', '${word}@example.org')`,
    `INSERT INTO user_grant VALUES (${id}, 'trust-user', ${id + 1})`,
    `INSERT INTO service_token
       (id, organisation_id, name, verbs, token_hash, created_at, expires_at)
     VALUES (${id}, ${id}, '${word} token', '{vehicle.read}', decode(md5('${id}'), 'hex'),
       ${at}, ${at})`,
    `INSERT INTO vehicle (id, organisation_id, call_sign, registration, kind, stage)
     VALUES (${id}, ${id + 1}, '${word}-1', '${word} 1', 'ambulance', 'in-operation')`,
    `INSERT INTO unit (id, organisation_id, vehicle_id, serial, model, state, enrolled_at)
     VALUES (${id}, ${id + 1}, ${id}, '${word}-serial', '${word} model', 'enrolled', ${at})`,
    `INSERT INTO subscription (id, organisation_id, vehicle_id, carrier_id, iccid)
     VALUES (${id}, ${id + 1}, ${id}, 1, '894708${String(id).padStart(13, '0')}')`,
    `INSERT INTO unit_latest
       (unit_id, vehicle_id, organisation_id, state, since, heard_at, at_ms, body)
     VALUES (${id}, ${id}, ${id + 1}, 'up', ${at}, ${at}, 1795608000000, '{"gateway": "gw-1",
       "place": null, "carriers": [], "outages": [], "configurationVersion": null,
       "softwareVersion": "${word}", "waiting": 0}')`,
    `INSERT INTO alarm (id, key, organisation_id, kind, severity, simulated, vehicle_id, vehicles,
       since, raised_at, updated_at)
     VALUES (${id}, 'vehicle-down:${id}', ${id + 1}, 'vehicle-down', 'major', false, ${id}, 1,
       ${at}, ${at}, ${at})`,
    `INSERT INTO webhook (id, organisation_id, name, target, kinds, least_severity, enabled)
     VALUES (${id}, ${id}, '${word} hook', 'mailto:${word}@example.org', '{}', 'minor', false)`,
    `INSERT INTO configuration_layer (id, kind, organisation_id, name, note)
     VALUES (${id}, 'rhf', ${id}, '${word} layer', '${word}') ON CONFLICT DO NOTHING`,
    `INSERT INTO rollout (id, organisation_id, name, rings, success_least, created_at)
     VALUES (${id}, ${id}, '${word} rollout', '{1}', 1, ${at})`,
    `INSERT INTO outage (id, unit_id, journal, number, vehicle_id, organisation_id, simulated,
       from_at, critical_lost, frozen_ms)
     VALUES (${id}, ${id}, '00000000-0000-4000-8000-${String(id).padStart(12, '0')}', 1, ${id},
       ${id + 1}, false, ${at}, 0, 0)`,
    `INSERT INTO requirement_subject VALUES
       (${id}, ${id + 1}, false, ${at}, '{"carriersFitted": 1}', 0, 1, 0)`,
    `INSERT INTO requirement_result (id, requirement_id, version, vehicle_id, organisation_id,
       simulated, state, from_at, figures)
     VALUES (${id}, 1, 1, ${id}, ${id + 1}, false, 'failed', ${at}, '{"carriersFitted": 1}')`,
    `INSERT INTO attestation (id, organisation_id, fact, done_on, note, author, at) VALUES
       (${id}, ${id}, 'riskAssessmentDays', '2026-11-01', '${word} sak', '${word} user', ${at})`,
    `INSERT INTO service_order (id, organisation_id, reference, state, note, placed_at, placed_by)
     VALUES (${id}, ${id}, '${word} order', 'in-progress', '${word}', ${at}, '${word}')`,
    `INSERT INTO service_order_item (id, order_id, organisation_id, payer_id, vehicle_id,
       catalogue_item_id, once_ore, monthly_ore, state, delivered)
     VALUES (${id}, ${id}, ${id + 1}, ${id + 1}, ${id}, 1, 1, 1, 'in-progress', '${word}')`,
    `INSERT INTO service_order_change (id, order_id, organisation_id, at, actor, to_state, reason)
     VALUES (${id}, ${id}, ${id}, ${at}, '${word}', 'placed', '${word}')`,
    `INSERT INTO installation (id, organisation_id, vehicle_id, order_item_id, ordered_at,
       delivered_at) VALUES (${id}, ${id + 1}, ${id}, ${id}, ${at}, ${at})`,
    `INSERT INTO installation_point
     VALUES (${id}, ${id + 1}, 'cards-in', false, '${word}', ${at}, '${word}')`,
    `INSERT INTO acceptance_drive (id, organisation_id, installation_id, from_at, to_at,
       measured_at, measured_by, passed, figures)
     VALUES (${id}, ${id + 1}, ${id}, ${at}, ${at}, ${at}, '${word}', false, '[]')`,
    `INSERT INTO carrier_case (id, organisation_id, carrier_id, kind, state, simulated, from_at,
       cells, evidence, reference, opened_at, opened_by, sent_at)
     VALUES (${id}, ${id}, ${id === OWN ? 1 : 2}, 'area', 'sent', false, ${at},
       '{}', 1, '${word} sak', ${at}, '${word}', ${at})`,
    `INSERT INTO carrier_case_message (id, case_id, at, side, author, text)
     VALUES (${id}, ${id}, ${at}, 'health', '${word}', '${word}')`,
    `INSERT INTO carrier_case_change (id, case_id, at, side, actor, to_state, reason)
     VALUES (${id}, ${id}, ${at}, 'health', '${word}', 'open', '${word}')`,
    `INSERT INTO carrier_evidence (case_id, version, frozen_at, content, sha256, signature, key_id,
       vehicles, lost_ms) VALUES (${id}, 1, ${at}, '${evidenceOf(id, word)}', '', '', '', 1, 1)`,
    `INSERT INTO carrier_case_share VALUES (${id}, ${id + 1}, 1, 1)`,
    `INSERT INTO shared_fate_day VALUES ('2026-11-24', ${id}, ${id}, ${id + 1}, false, 0,
       '${word}', 'telia', 1, 1, 1, 1, 1)`,
    `INSERT INTO programme_plan VALUES (${id}, '${word}', 1)`,
    `INSERT INTO programme_month VALUES (${id}, '2026-11-01', 1, 1, 1, 1, 1)`,
    `INSERT INTO programme_row (id, organisation_id, kind, text, owner, due, note, since)
     VALUES (${id}, ${id}, 'blocker', '${word}', '${word}', '2026-12-01', '${word}', ${at})`,
    `INSERT INTO experience_note (id, organisation_id, title, body, state, vehicle_kind, author,
       created_at, changed_at) VALUES (${id}, ${id}, '${word} note', '${word}', 'open',
       'ambulance', '${word}', ${at}, ${at})`,
    `INSERT INTO experience_revision VALUES (${id}, 1, ${id}, ${at}, '${word}', '{"title":
       "${word}", "text": "${word}", "state": "open"}')`,
    `INSERT INTO experience_comment (id, note_id, organisation_id, author, at, text)
     VALUES (${id}, ${id}, ${id}, '${word}', ${at}, '${word}')`,
    `INSERT INTO experience_mark VALUES (${id}, 'user:${id}', ${id})`,
    `INSERT INTO experience_promotion
       (note_id, organisation_id, requirement_id, version, author, at)
     VALUES (${id}, ${id}, 1, 1, '${word}', ${at})`,
    `INSERT INTO mission_span
       (id, vehicle_id, organisation_id, simulated, urgency, from_at, to_at)
     VALUES (${id}, ${id}, ${id + 1}, false, 'acute', ${at}, ${at})`,
    `INSERT INTO report
       (id, organisation_id, month, simulated, version, made_at, made_by, body, changes)
     VALUES (${id}, ${id}, '2026-10-01', false, 1, ${at}, '${word}', '${report(id, word)}', '[]')`,
    `SELECT audit_append(${at}, ${id}, 'user:${id}', '${word}.do', 'test', '${id}', NULL, NULL,
       '${word}', NULL)`,
  ];
}

const NO_TIME = { up: 0, down: 0, off: 0, unknown: 0 };
const NO_GAPS = { under1s: 0, under10s: 0, under1min: 0, under10min: 0, longer: 0 };

/** A month in which nothing was measured. */
function report(id: number, word: string): string {
  const body: ReportBody = {
    definitions: 1,
    organisation: { id, kind: 'rhf', name: `${word} helse` },
    ...{ month: '2026-10-01', simulated: false },
    ...{ from: '2026-09-30T22:00:00.000Z', to: '2026-10-31T23:00:00.000Z' },
    whole: {
      ...{ vehicles: 1, times: NO_TIME, availability: null, carriers: [], bestAlone: null },
      ...{ classes: [], gaps: NO_GAPS, bytes: 0, bytesDuplicated: 0 },
    },
    ...{ groups: [], missions: [], requirements: [], areas: [], cases: [], programme: [] },
  };
  return JSON.stringify(body);
}

/** Everything that the other region owns, as text: unchanged after whatever was asked. */
export async function otherRegion(db: Database): Promise<string> {
  return await db.transaction(SYSTEM, async (sql) => {
    const tables = await sql.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE a.attname = 'organisation_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'audit' ORDER BY 1`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await sql.query<{ line: string }>(
        `SELECT row_to_json(t)::text AS line FROM ${name} t
         WHERE organisation_id >= ${OTHER} ORDER BY 1`,
      );
      texts.push(...rows.map(({ line }) => `${name} ${line}`));
    }
    const own = await sql.query<{ line: string }>(
      `SELECT row_to_json(t)::text AS line FROM organisation t WHERE id >= ${OTHER} ORDER BY 1`,
    );
    return [...texts, ...own.map(({ line }) => line)].join('\n');
  });
}

/** Every row but of what an asker leaves behind by asking: that he was there, and what he saw. */
export async function everything(db: Database): Promise<string> {
  return await db.transaction(SYSTEM, async (sql) => {
    const tables = await sql.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r'
         AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1::text[]) ORDER BY 1`,
      [['audit', 'session', 'app_user', 'user_grant', 'idempotency']],
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await sql.query<{ line: string }>(
        `SELECT row_to_json(t)::text AS line FROM ${name} t ORDER BY 1`,
      );
      texts.push(...rows.map(({ line }) => `${name} ${line}`));
    }
    return texts.join('\n');
  });
}
