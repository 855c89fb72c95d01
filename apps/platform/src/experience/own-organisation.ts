// For whom somebody writes: the organisation where he belongs, if he may write there; else the
// first for which he may.
import { problem } from '../http/problem.ts';
import type { Ask } from '../http/route.ts';
import { mayOn, rootsOf } from '../identity/verbs.ts';

export async function ownOrganisation({ sql, asker }: Ask): Promise<number> {
  const [root] = rootsOf(asker, 'experience.write');
  if (root === undefined) throw problem('forbidden');
  if (asker.kind !== 'user') return root;
  // Row-level security shows it where it lies at or below what he may write for.
  const [home] = await sql.query<{ id: number }>(
    'SELECT organisation_id AS id FROM app_user WHERE id = $1',
    [asker.userId],
  );
  if (home === undefined) return root;
  return (await mayOn(sql, asker, 'experience.write', home.id)) ? home.id : root;
}
