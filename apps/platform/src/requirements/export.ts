// How everything stands now, to take away.
import { EXPORT_COMPLIANCE_QUERY, type FactName } from '@rmh/contract/api';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { admit } from '../identity/verbs.ts';
import { CSV_START, csvLine } from '../statistics/csv.ts';
import { currentResults, resultOf } from './results.ts';

// Some 200 ms of the embedded database, and 1 MB while they are written.
const ROWS_AT_ONCE = 1_000;

const HEADS = [
  ...['requirement', 'title_nb', 'title_en', 'version', 'organisation_id', 'vehicle_id'],
  ...['call_sign', 'state', 'since', 'asked', 'figures'],
];

export const exportCompliance = route({
  id: 'exports.compliance.csv',
  method: 'GET',
  path: '/exports/compliance.csv',
  summary: 'Each requirement of each vehicle and organisation as CSV',
  access: 'export.read',
  query: EXPORT_COMPLIANCE_QUERY,
  reply: null,
  noTransaction: true,
  perMinute: 10,
  answer({ query, asker, services }) {
    const admission = admit(asker, 'export.read');
    if (admission.kind === 'refused') throw problem(admission.problem);
    return Promise.resolve({
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="compliance.csv"',
      },
      raw: async (stream) => {
        await stream.write(CSV_START + csvLine(HEADS));
        for (let after = 0; ; ) {
          const rows = await services.db.transaction(admission.scope, (sql) =>
            currentResults(sql, query, after, ROWS_AT_ONCE),
          );
          const lines = rows.slice(0, ROWS_AT_ONCE).map((row) => lineOf(resultOf(row)));
          if (!(await stream.write(lines.join('')))) return;
          if (rows.length <= ROWS_AT_ONCE) return;
          after = rows[ROWS_AT_ONCE - 1]?.id ?? 0;
        }
      },
    });
  },
});

const SIGNS = { 'at-least': '>=', 'at-most': '<=', exactly: '=' } as const;

function lineOf(result: ReturnType<typeof resultOf>): string {
  const { need, comparisons } = result.check;
  const asked = comparisons.map(({ fact, is, value }) => `${fact} ${SIGNS[is]} ${value}`);
  const facts = [...new Set(comparisons.map(({ fact }) => fact))];
  const figure = (fact: FactName) => `${fact} ${result.figures[fact] ?? '?'}`;
  return csvLine([
    ...[result.code, result.title.nb, result.title.en, result.version, result.organisationId],
    ...[result.vehicleId, result.callSign, result.state, result.from],
    asked.join(need === 'all' ? ' and ' : ' or '),
    facts.map(figure).join(', '),
  ]);
}
