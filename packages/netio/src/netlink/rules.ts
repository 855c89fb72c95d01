/** Rules choose the routing table by source or destination: one table for each modem. */
import { networkOf } from '@rmh/base';
import { Errno, type Verdicts } from '../errors.ts';
import { familyNumber, requirePrefix, sameFamily } from './addresses.ts';
import * as k from './constants.ts';
import type { MessageWriter } from './message.ts';
import { type RuleRecord, readRule } from './records.ts';
import type { NetlinkSocket } from './socket.ts';

export interface Rule {
  /** Of the family of `from` or `to`, else of `family`; IPv4 if none is said. */
  readonly family?: 4 | 6;
  readonly from?: string;
  readonly to?: string;
  readonly inputDevice?: string;
  readonly table: number;
  /** Lower is asked first; the main table is asked at 32766. */
  readonly priority: number;
}

export function list(socket: NetlinkSocket): RuleRecord[] {
  let records: RuleRecord[] = [];
  socket.dump(
    k.RTM_GETRULE,
    (writer) => writer.fields([4, 0], [4, 0], [4, 0]),
    (view, message) => {
      const record = readRule(view, message.from, message.to);
      if (record !== null) records.push(record);
    },
    () => {
      records = [];
    },
  );
  return records;
}

export function add(socket: NetlinkSocket, rule: Rule): void {
  const how = k.NLM_F_CREATE | k.NLM_F_EXCL;
  const action = `add rule ${rule.priority} to table ${rule.table}`;
  socket.change(k.RTM_NEWRULE, how, action, RULE_VERDICTS, (writer) => writeRule(writer, rule));
}

export function remove(socket: NetlinkSocket, rule: Rule): void {
  const action = `delete rule ${rule.priority} to table ${rule.table}`;
  socket.change(k.RTM_DELRULE, 0, action, RULE_VERDICTS, (writer) => writeRule(writer, rule));
}

function writeRule(writer: MessageWriter, rule: Rule): void {
  const from = rule.from === undefined ? null : networkOf(requirePrefix(rule.from));
  const to = rule.to === undefined ? null : networkOf(requirePrefix(rule.to));
  const family = from?.address.family ?? to?.address.family ?? rule.family ?? 4;
  if (to !== null) sameFamily(to.address, family, 'to');
  writer.fields(
    [1, familyNumber(family)],
    [1, to?.length ?? 0],
    [1, from?.length ?? 0],
    [1, 0],
    [1, rule.table < 256 ? rule.table : 0],
    [2, 0],
    [1, k.FR_ACT_TO_TBL],
    [4, 0],
  );
  if (from !== null) writer.bytes(k.FRA_SRC, from.address.bytes);
  if (to !== null) writer.bytes(k.FRA_DST, to.address.bytes);
  if (rule.inputDevice !== undefined) writer.text(k.FRA_IIFNAME, rule.inputDevice);
  writer.u32(k.FRA_PRIORITY, rule.priority).u32(k.FRA_TABLE, rule.table);
}

const RULE_VERDICTS: Verdicts = {
  [Errno.EEXIST]: ['rule.exists', 'this rule exists'],
  [Errno.ENOENT]: ['rule.unknown', 'no such rule'],
  [Errno.EINVAL]: ['netlink.invalid', ''],
};
