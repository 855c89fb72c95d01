// Whom alarms are told to: webhooks and mail addresses of an organisation, and the delivery log.
import { randomBytes } from 'node:crypto';
import {
  DELIVERY,
  PAGE_QUERY,
  pageOf,
  WEBHOOK,
  WEBHOOK_CREATED,
  WEBHOOK_WRITE,
  type Webhook,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../../db/database.ts';
import { idCursor, page } from '../../http/paging.ts';
import { problem } from '../../http/problem.ts';
import { type Ask, type Route, route } from '../../http/route.ts';
import { audit } from '../../identity/audit.ts';
import { instant } from '../../live/rows.ts';
import { NEWEST } from '../rows.ts';
import { targetFault } from './addresses.ts';
import { NO_NOTIFY_SETTINGS } from './settings.ts';
import { testDelivery } from './test-delivery.ts';
import { SECRET_PREFIX } from './webhook.ts';

const WEBHOOK_PARAMS = z.strictObject({ webhookId: z.coerce.number().int().positive() });
const SECRET_BYTES = 32;
// A region has a ticket system, a wall and some mailboxes.
const WEBHOOKS_MOST = 50;

interface WebhookRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
  readonly target: string;
  readonly kinds: Webhook['kinds'];
  readonly least_severity: Webhook['leastSeverity'];
  readonly enabled: boolean;
  readonly resting_until: Date | string | null;
  readonly version: number;
}

// Never the secret.
const COLUMNS = `id, organisation_id, name, target, kinds, least_severity, enabled, resting_until,
  version`;

const list = route({
  id: 'webhooks.list',
  method: 'GET',
  path: '/webhooks',
  summary: 'Who is told of alarms',
  access: 'settings.read',
  query: PAGE_QUERY,
  reply: pageOf(WEBHOOK),
  async answer({ sql, query }) {
    const rows = await sql.query<WebhookRow>(
      `SELECT ${COLUMNS} FROM webhook WHERE id > $1 ORDER BY id LIMIT $2`,
      [idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, toWebhook, ({ id }) => id) };
  },
});

const create = route({
  id: 'webhooks.create',
  method: 'POST',
  path: '/organisations/:organisationId/webhooks',
  summary: 'Tell somebody of the alarms of an organisation and all below; shows the secret once',
  access: 'webhook.write',
  params: z.strictObject({ organisationId: z.coerce.number().int().positive() }),
  body: WEBHOOK_WRITE,
  reply: WEBHOOK_CREATED,
  async answer(ask) {
    const { sql, params, body, services } = ask;
    checkTarget(ask, body.target);
    await checkRoom(sql, params.organisationId);
    const secret = body.target.startsWith('mailto:') ? null : randomBytes(SECRET_BYTES);
    const [row] = await sql.query<WebhookRow>(
      `INSERT INTO webhook (organisation_id, name, target, kinds, least_severity, enabled, secret)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [
        params.organisationId,
        body.name,
        body.target,
        body.kinds,
        body.leastSeverity,
        body.enabled,
        secret === null ? null : services.vault.seal(secret),
      ],
    );
    if (row === undefined) throw problem('not-found');
    await noted(ask, row, 'webhook.create', null);
    const shownSecret = secret === null ? null : SECRET_PREFIX + secret.toString('base64');
    return {
      status: 201,
      body: { ...toWebhook(row), secret: shownSecret },
      version: row.version,
    };
  },
});

const put = route({
  id: 'webhooks.put',
  method: 'PUT',
  path: '/webhooks/:webhookId',
  summary: 'Change one; its secret stays',
  access: 'webhook.write',
  params: WEBHOOK_PARAMS,
  body: WEBHOOK_WRITE,
  reply: WEBHOOK,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const before = await readWebhook(sql, params.webhookId, ifMatch);
    checkTarget(ask, body.target);
    if (before.target.startsWith('mailto:') !== body.target.startsWith('mailto:')) {
      throw problem('conflict', 'a webhook does not become a mail address; make a new one');
    }
    const [row] = await sql.query<WebhookRow>(
      `UPDATE webhook SET name = $2, target = $3, kinds = $4, least_severity = $5, enabled = $6,
         failures = 0, resting_until = NULL, version = version + 1
       WHERE id = $1 AND version = $7 RETURNING ${COLUMNS}`,
      [before.id, body.name, body.target, body.kinds, body.leastSeverity, body.enabled, ifMatch],
    );
    if (row === undefined) throw problem('changed-meanwhile');
    await noted(ask, row, 'webhook.change', before);
    return { body: toWebhook(row), version: row.version };
  },
});

const remove = route({
  id: 'webhooks.remove',
  method: 'DELETE',
  path: '/webhooks/:webhookId',
  summary: 'Tell no more; its delivery log goes with it',
  access: 'webhook.write',
  params: WEBHOOK_PARAMS,
  reply: null,
  conditional: true,
  async answer(ask) {
    const before = await readWebhook(ask.sql, ask.params.webhookId, ask.ifMatch);
    await ask.sql.query('DELETE FROM webhook WHERE id = $1', [before.id]);
    await noted(ask, before, 'webhook.remove', before);
    return { status: 204 };
  },
});

const deliveries = route({
  id: 'webhooks.deliveries',
  method: 'GET',
  path: '/webhooks/:webhookId/deliveries',
  summary: 'What was told, and whether it arrived; the newest first',
  access: 'settings.read',
  params: WEBHOOK_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(DELIVERY),
  async answer({ sql, params, query }) {
    await readWebhook(sql, params.webhookId, null);
    const rows = await sql.query<DeliveryRow>(
      `SELECT id, webhook_id, alarm_id, event, state, created_at, tries, due_at, status, fault
       FROM notification WHERE webhook_id = $1 AND id < $2
       ORDER BY id DESC LIMIT $3`,
      [params.webhookId, idCursor(query.cursor, NEWEST), query.limit + 1],
    );
    return { body: page(rows, query.limit, toDelivery, ({ id }) => id) };
  },
});

interface DeliveryRow {
  readonly id: number;
  readonly webhook_id: number;
  readonly alarm_id: number;
  readonly event: 'raised' | 'updated' | 'cleared';
  readonly state: 'waiting' | 'sent' | 'given-up';
  readonly created_at: Date | string;
  readonly tries: number;
  readonly due_at: Date | string;
  readonly status: number | null;
  readonly fault: string | null;
}

function toDelivery(row: DeliveryRow) {
  const { id, event, state, tries, status, fault } = row;
  return {
    id,
    webhookId: row.webhook_id,
    alarmId: row.alarm_id,
    event,
    state,
    createdAt: instant(row.created_at),
    tries,
    nextTryAt: state === 'waiting' ? instant(row.due_at) : null,
    status,
    fault,
  };
}

function toWebhook(row: WebhookRow): Webhook {
  const { id, name, target, kinds, enabled, version } = row;
  return {
    id,
    organisationId: row.organisation_id,
    name,
    target,
    kinds,
    leastSeverity: row.least_severity,
    enabled,
    restingUntil: row.resting_until === null ? null : instant(row.resting_until),
    version,
  };
}

/** `ifMatch` null: any version. */
async function readWebhook(sql: Sql, id: number, ifMatch: number | null): Promise<WebhookRow> {
  const rows = await sql.query<WebhookRow>(`SELECT ${COLUMNS} FROM webhook WHERE id = $1`, [id]);
  const [row] = rows;
  if (row === undefined) throw problem('not-found');
  if (ifMatch !== null && row.version !== ifMatch) throw problem('changed-meanwhile');
  return row;
}

function checkTarget({ services }: Pick<Ask, 'services'>, target: string): void {
  const fault = targetFault(target, services.notify ?? NO_NOTIFY_SETTINGS);
  if (fault !== null) throw problem('bad-request', `target: ${fault}`);
}

async function checkRoom(sql: Sql, organisationId: number): Promise<void> {
  const there = await sql.query('SELECT FROM organisation WHERE id = $1', [organisationId]);
  if (there.length === 0) throw problem('not-found');
  const [row] = await sql.query<{ webhooks: number }>(
    'SELECT count(*)::integer AS webhooks FROM webhook WHERE organisation_id = $1',
    [organisationId],
  );
  if ((row?.webhooks ?? 0) >= WEBHOOKS_MOST) {
    throw problem('conflict', `${WEBHOOKS_MOST} are the most that one organisation has`);
  }
}

async function noted(ask: Ask, row: WebhookRow, action: string, before: WebhookRow | null) {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: row.organisation_id,
    object: { kind: 'webhook', id: row.id },
    before: before === null ? null : toWebhook(before),
    after: action === 'webhook.remove' ? null : toWebhook(row),
  });
}

export const webhookRoutes: Route[] = [list, create, put, remove, testDelivery, deliveries];
