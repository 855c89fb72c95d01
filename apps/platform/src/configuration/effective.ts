// What units shall run by the layers as they are, and what a write to a layer would change.
import {
  type Configuration,
  type ConfigurationField,
  EFFECTIVE,
  LAYER_WRITE,
  PREVIEW,
} from '@rmh/contract/api';
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { bodyOf, loadChains, loadUnits } from './chains.ts';
import { checkWrite, LAYER_PARAMS, layerRow, NUMBER } from './layers.ts';
import { differing, FIELDS, isLocked, type Resolved } from './resolve.ts';

export const getEffective = route({
  id: 'configuration.effective',
  method: 'GET',
  path: '/configuration/effective/:unitId',
  summary: 'What a unit shall run, where each value comes from, and what it was told so far',
  access: 'configuration.read',
  params: z.strictObject({ unitId: NUMBER }),
  reply: EFFECTIVE,
  async answer({ sql, params }) {
    const [row] = await sql.query<{
      organisation_id: number;
      kind: string | null;
      version: number | null;
      confirmed_version: number | null;
      body: Partial<Configuration> | null;
    }>(
      `SELECT u.organisation_id, v.kind, c.version, c.confirmed_version, b.body
       FROM unit u LEFT JOIN vehicle v ON v.id = u.vehicle_id
       LEFT JOIN unit_configuration c ON c.unit_id = u.id
       LEFT JOIN configuration_body b ON b.id = c.body_id
       WHERE u.id = $1`,
      [params.unitId],
    );
    if (row === undefined) throw problem('not-found');
    const unit = {
      unitId: params.unitId,
      organisationId: row.organisation_id,
      vehicleKind: row.kind,
    };
    const { values, origins } = (await loadChains(sql)).resolve(unit);
    return {
      body: {
        unitId: params.unitId,
        version: row.version ?? 0,
        confirmedVersion: row.confirmed_version ?? 0,
        values,
        behind: differing(values, bodyOf(row.body)),
        origins,
      },
    };
  },
});

export const previewLayer = route({
  id: 'configuration.preview',
  method: 'POST',
  path: '/configuration/layers/:layerId/preview',
  summary: 'What writing this to the layer would change, for how many units; writes nothing',
  access: 'configuration.write',
  params: LAYER_PARAMS,
  body: LAYER_WRITE,
  reply: PREVIEW,
  bodyBytesMax: 160_000,
  async answer(ask) {
    const { sql, params, body } = ask;
    const before = await layerRow(sql, params.layerId);
    await checkWrite(ask, before, body);
    const now = await loadChains(sql);
    const after = { ...before, values: body.values, locked: body.locked };
    const then = now.with(after);
    const counts = new Map(FIELDS.map((field) => [field, 0]));
    let changed = 0;
    const units = await loadUnits(sql, before.organisationId);
    // Units under the same layers share one result, and are compared once.
    const compared = new Map<Resolved, ConfigurationField[]>();
    for (const unit of units) {
      const before = now.resolve(unit);
      const fields = compared.get(before) ?? differing(before.values, then.resolve(unit).values);
      compared.set(before, fields);
      if (fields.length > 0) changed++;
      for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
    }
    const newlyLocked = FIELDS.filter(
      (field) => isLocked(after, field) && !isLocked(before, field),
    );
    const overruled = now
      .below(before)
      .flatMap((layer) =>
        newlyLocked
          .filter((field) => layer.values[field] !== undefined)
          .map((field) => ({ layerId: layer.id, name: layer.name, field })),
      );
    const fields = [...counts].flatMap(([field, units]) => (units > 0 ? [{ field, units }] : []));
    return { body: { units: changed, unitsBelow: units.length, fields, overruled } };
  },
});
