// The command line of the blows, and what it answers.
import { parseArgs } from 'node:util';
import { type BlowsOptions, type BlowsResult, runBlows } from './blows.ts';
import { faultsOf } from './blows-books.ts';

export const BLOWS_USAGE = `       rmh bench blows [--blows N] [--senders N] [--rate N]
                       [--database pglite|postgres] [--seed N] [--json -]
  SIGKILL of the platform, its database and the units at random moments under load; then every
  sample is looked for, and every sum recounted. Exit 1 when one is lost or counted twice.

`;

/** Jobs of a killed process are free after 15 s; the minutes' and the quarters' come after that. */
const CALM_MS = 90_000;

export function blowsOptions(argv: string[]): (BlowsOptions & { json: string | null }) | string {
  const { values } = parseArgs({
    args: argv,
    options: {
      blows: { type: 'string', default: '50' },
      senders: { type: 'string', default: '20' },
      rate: { type: 'string', default: '4' },
      database: { type: 'string', default: 'pglite' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const [blows, senders, rate, seed] = [
    ...[Number(values.blows), Number(values.senders), Number(values.rate), Number(values.seed)],
  ] as [number, number, number, number];
  if (!(Number.isInteger(blows) && blows >= 1 && blows <= 1_000)) return '--blows is 1 to 1000';
  // All of them are made by one request.
  if (!(Number.isInteger(senders) && senders >= 1 && senders <= 100))
    return '--senders is 1 to 100';
  if (!(rate > 0 && rate <= 20)) return '--rate is up to 20 (samples a second of each sender)';
  if (!Number.isInteger(seed)) return '--seed is a whole number';
  const { database, json } = values;
  if (database !== 'pglite' && database !== 'postgres') return '--database is pglite or postgres';
  if (json !== undefined && json !== '-') return '--json is -';
  const own = { blows, senders, samplesPerSecond: rate, database, seed, calmMs: CALM_MS } as const;
  return { ...own, json: json ?? null };
}

export async function benchBlows({
  json,
  ...options
}: BlowsOptions & { json: string | null }): Promise<number> {
  const result = await runBlows(options, (text) => process.stderr.write(`bench blows: ${text}\n`));
  if (typeof result === 'string') {
    process.stderr.write(`rmh: bench: ${result}\n`);
    return 2;
  }
  process.stderr.write(reportOf(result));
  if (json === '-') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return wrongIn(result).length === 0 ? 0 : 1;
}

/** Everything that is not as it must be, in words; empty where all is well. */
export function wrongIn({ books, recounts, controls }: BlowsResult): string[] {
  const sums = [...recounts.left, ...recounts.done];
  const off = sums.filter(({ differ }) => differ > 0).map(({ what }) => what);
  return [
    ...(faultsOf(books) > 0 ? [`the books do not balance: ${JSON.stringify(books)}`] : []),
    ...(books.kept !== books.counted ? [`${books.kept} kept, ${books.counted} counted`] : []),
    ...off.map((what) => `sums that differ from a recount: ${what}`),
    ...(recounts.done.some(({ buckets }) => buckets === 0) ? ['a recount of nothing'] : []),
    ...(controls.twice === controls.sentTwice ? [] : ['the control: twice was not found']),
    ...(controls.refused > 0 ? [] : ['the control: nothing was refused']),
    ...(controls.lost === 1 ? [] : ['the control: what was taken away is not missed']),
    ...(controls.sumsOff > 0 ? [] : ['the control: the sums still fit']),
  ];
}

export function reportOf(result: BlowsResult): string {
  const { options, books, blows, startsMs, recounts, controls } = result;
  const healed = blows.flatMap(({ healedMs }) => healedMs ?? []);
  const sums = (of: typeof recounts.left) => {
    const differ = of.reduce((sum, one) => sum + one.differ, 0);
    return `${differ} of ${of.reduce((sum, one) => sum + one.buckets, 0)}`;
  };
  const kinds = Object.entries(Object.groupBy(blows, ({ kind }) => kind));
  const lines = [
    `${options.blows} blows, ${options.senders} senders × ${options.samplesPerSecond}/s, ` +
      `${options.database}, seed ${options.seed}, ${result.seconds} s`,
    `blows: ${kinds.map(([kind, all]) => `${kind} ${all.length}`).join(', ')}`,
    `samples: ${books.kept} kept, ${books.counted} counted, ` +
      `${books.lost} lost (${books.lostAcked} acknowledged), ${books.twice} twice, ` +
      `${books.changed} changed, ${books.missing} missing, ${books.refused} refused`,
    `outages: ${books.outages} told, ${books.outagesLost} lost, ${books.outagesTwice} twice`,
    `sums off: ${sums(recounts.left)} as the jobs left them, ` +
      `${sums(recounts.done)} when all was due`,
    `platform: starts in ${spread(startsMs)} (${startsMs.length}); ` +
      `ended by itself ${result.fell} times`,
    `all senders through again after ${spread(healed)} (${healed.length})`,
    `controls: ${controls.twice} of ${controls.sentTwice} sent twice found, ` +
      `${controls.refused} refused after a forgotten cursor, ` +
      `${controls.lost} lost, ${controls.sumsOff} sums off`,
    ...wrongIn(result).map((text) => `WRONG: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return `${at(0)} / ${at(0.5)} / ${at(1)} ms (least, median, most)`;
}
