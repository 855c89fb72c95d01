// The operators' cases of a month, carrier by carrier.
import type { ReportBody } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import type { Selection } from '../statistics/sums.ts';

/** Without a register of cases there are none to count. */
export async function casesOf(_sql: Sql, _selection: Selection): Promise<ReportBody['cases']> {
  return await Promise.resolve([]);
}
