// A report in words: the same parts for the page in the console and for the PDF. Pure.
import {
  type Document,
  type DocumentLanguage,
  type DocumentPart,
  type MissionFigures,
  type Report,
  type ReportBody,
  STAGE_NAMES,
} from '@rmh/contract/api';
import { type ReportWord, Words } from './words.ts';

type Table = Extract<DocumentPart, { kind: 'table' }>;
// More would be a list that nobody reads; all of them are in the data.
const CHANGES_SHOWN = 40;
const DAY_S = 86_400;

export function documentOf(report: Report, language: DocumentLanguage): Document {
  const t = new Words(language);
  const { body } = report;
  return {
    title: `${t.say('report')} – ${body.organisation.name}, ${t.month(body.month)}`,
    language,
    madeAt: report.madeAt,
    parts: [
      ...aboutOf(t, report),
      ...availabilityOf(t, body),
      ...groupsOf(t, body),
      ...gapsOf(t, body),
      ...classesOf(t, body),
      ...costOf(t, body),
      ...missionsOf(t, body),
      ...complianceOf(t, body),
      ...areasOf(t, body),
      ...programmeOf(t, body),
      ...changesOf(t, report),
    ],
  };
}

const heading = (text: string): DocumentPart => ({ kind: 'heading', level: 2, text });
const paragraph = (text: string): DocumentPart => ({ kind: 'paragraph', text });

/** The first column names the rows; figures stand to the right. */
function table(
  t: Words,
  caption: string,
  columns: readonly ReportWord[],
  rows: readonly (readonly string[])[],
): Table {
  return {
    kind: 'table',
    caption,
    columns: columns.map((word, i) => ({ name: t.say(word), align: i === 0 ? 'left' : 'right' })),
    rows: rows.map((row) => [...row]),
  };
}

function aboutOf(t: Words, { body, version, madeAt, madeBy }: Report): DocumentPart[] {
  const { up, down } = body.whole.times;
  return [
    ...(body.simulated ? [paragraph(t.say('simulated'))] : []),
    {
      kind: 'facts',
      facts: [
        { name: t.say('organisation'), value: body.organisation.name },
        { name: t.say('month'), value: t.month(body.month) },
        { name: t.say('vehicles'), value: t.number(body.whole.vehicles) },
        { name: t.say('availability'), value: t.share(body.whole.availability) },
        { name: t.say('known'), value: t.hours(up + down) },
        { name: t.say('version'), value: t.number(version) },
        { name: t.say('made'), value: `${t.instant(madeAt)}, ${madeBy ?? t.say('onSchedule')}` },
        { name: t.say('definitions'), value: t.number(body.definitions) },
      ],
    },
  ];
}

/** Minutes of a known day: what 99.9 % means for a shift. */
const minutesWithout = (availability: number | null) =>
  availability === null ? null : ((1 - availability) * DAY_S) / 60;

function availabilityOf(t: Words, { whole }: ReportBody): DocumentPart[] {
  const lines = [
    { name: t.say('service'), availability: whole.availability },
    ...whole.carriers.map(({ link, availability }) => ({ name: link, availability })),
    ...(whole.bestAlone === null
      ? []
      : [{ name: t.say('bestAlone'), availability: whole.bestAlone.availability }]),
  ];
  return [
    heading(t.say('availability')),
    paragraph(t.say('withoutNote')),
    {
      kind: 'bars',
      caption: t.say('without'),
      columns: [t.say('carrier'), t.say('without')],
      bars: lines.map(({ name, availability }) => {
        const value = minutesWithout(availability);
        const minutes = value === null ? t.say('notKnown') : t.number(value, 1);
        return { name, value, text: `${minutes} (${t.share(availability)})` };
      }),
    },
    table(
      t,
      t.say('carriersTable'),
      ['carrier', 'availability', 'roundTrip', 'loss', 'data'],
      whole.carriers.map((one) => [
        one.link,
        t.share(one.availability),
        one.rttMs === null ? t.say('notKnown') : `${t.number(one.rttMs)} ms`,
        t.share(one.lossShare, 2),
        t.bytes(one.bytes),
      ]),
    ),
  ];
}

function groupsOf(t: Words, { groups, organisation }: ReportBody): DocumentPart[] {
  const title = t.say(organisation.kind === 'national' ? 'byRegion' : 'byTrust');
  return [
    table(
      t,
      title,
      ['name', 'vehicles', 'availability', 'bestAlone', 'known', 'longGaps'],
      groups.map(({ name, vehicles, figures }) => {
        if (figures === null) return [name, t.number(vehicles), t.say('tooFew'), '', '', ''];
        const { availability, bestAlone, times, gaps } = figures;
        return [
          name,
          t.number(vehicles),
          t.share(availability),
          t.share(bestAlone?.availability ?? null),
          t.hours(times.up + times.down),
          t.number(gaps.longer),
        ];
      }),
    ),
  ];
}

const GAPS = ['under1s', 'under10s', 'under1min', 'under10min', 'longer'] as const;

function gapsOf(t: Words, { whole }: ReportBody): DocumentPart[] {
  return [
    heading(t.say('gaps')),
    {
      kind: 'bars',
      caption: t.say('gaps'),
      columns: [t.say('gap'), t.say('count')],
      bars: GAPS.map((length) => {
        const value = whole.gaps[length];
        return { name: t.say(length), value, text: t.number(value) };
      }),
    },
  ];
}

const classWord = (name: string) => name as 'critical' | 'realtime' | 'interactive' | 'bulk';

function classesOf(t: Words, { whole }: ReportBody): DocumentPart[] {
  return [
    heading(t.say('classes')),
    table(
      t,
      t.say('classes'),
      ['class', 'sent', 'repaired', 'late', 'lost', 'missedShare'],
      whole.classes.map((one) => [
        t.say(classWord(one.class)),
        ...[one.sent, one.repaired, one.late, one.lost].map((count) => t.number(count)),
        t.share(one.sent > 0 ? (one.lost + one.late) / one.sent : null),
      ]),
    ),
  ];
}

function costOf(t: Words, { whole }: ReportBody): DocumentPart[] {
  const { bytes, bytesDuplicated, availability, bestAlone, times } = whole;
  const alone = bestAlone?.availability ?? null;
  const won =
    availability === null || alone === null
      ? null
      : (availability - alone) * (times.up + times.down);
  const copies = t.share(bytes > 0 ? bytesDuplicated / bytes : null, 1);
  return [
    heading(t.say('cost')),
    paragraph(t.say('gainedNote')),
    {
      kind: 'facts',
      facts: [
        { name: t.say('bytes'), value: t.bytes(bytes) },
        { name: t.say('duplicated'), value: `${t.bytes(bytesDuplicated)} (${copies})` },
        { name: t.say('gained'), value: won === null ? t.say('notKnown') : t.hours(won) },
      ],
    },
  ];
}

function missionsOf(t: Words, { missions }: ReportBody): DocumentPart[] {
  const critical = ({ classes }: MissionFigures) => {
    const one = classes.find((of) => of.class === 'critical');
    return one === undefined || one.sent === 0 ? null : (one.lost + one.late) / one.sent;
  };
  return [
    heading(t.say('missions')),
    paragraph(t.say('missionsNote')),
    {
      kind: 'table',
      caption: t.say('missions'),
      columns: [
        { name: t.say('urgency'), align: 'left' },
        { name: t.say('missions'), align: 'right' },
        { name: t.say('known'), align: 'right' },
        { name: t.say('availability'), align: 'right' },
        { name: `${t.say('missedShare')}: ${t.say('critical')}`, align: 'right' },
        { name: t.say('longGaps'), align: 'right' },
      ],
      rows: missions.map((one) => [
        t.say(one.urgency),
        t.number(one.missions),
        t.hours(one.times.up + one.times.down),
        t.share(one.availability),
        t.share(critical(one)),
        t.number(one.gaps.longer),
      ]),
    },
  ];
}

function complianceOf(t: Words, { requirements }: ReportBody): DocumentPart[] {
  if (requirements.length === 0) return [heading(t.say('compliance')), paragraph(t.say('nothing'))];
  return [
    heading(t.say('compliance')),
    table(
      t,
      t.say('compliance'),
      ['requirement', 'met', 'failed', 'unknown'],
      requirements.map((one) => [
        `${one.code} ${one[t.language]}`,
        ...[one.met, one.failed, one.unknown].map((count) => t.number(count)),
      ]),
    ),
  ];
}

function areasOf(t: Words, { areas, cases }: ReportBody): DocumentPart[] {
  const outages = table(
    t,
    t.say('areas'),
    ['carrier', 'outages', 'minutes', 'longest', 'most'],
    areas.map((one) => [
      one.carrier,
      ...[one.outages, one.minutes, one.longestMinutes, one.vehiclesMost].map((n) => t.number(n)),
    ]),
  );
  const told = table(
    t,
    t.say('cases'),
    ['carrier', 'opened', 'closed', 'openAtEnd'],
    cases.map((one) => [
      one.carrier,
      ...[one.opened, one.closed, one.openAtEnd].map((n) => t.number(n)),
    ]),
  );
  return [
    heading(t.say('areas')),
    areas.length === 0 ? paragraph(t.say('nothing')) : outages,
    heading(t.say('cases')),
    cases.length === 0 ? paragraph(t.say('nothing')) : told,
  ];
}

function programmeOf(t: Words, { programme }: ReportBody): DocumentPart[] {
  return [
    heading(t.say('programme')),
    table(
      t,
      t.say('programme'),
      ['region', ...STAGE_NAMES, 'blockers'],
      programme.map(({ region, reached, planned, blockersOpen }) => [
        region,
        ...STAGE_NAMES.map((stage) => {
          const n = t.number(reached[stage]);
          return planned === null ? n : t.say('ofPlan', { n, plan: t.number(planned[stage]) });
        }),
        t.number(blockersOpen),
      ]),
    ),
  ];
}

function changesOf(t: Words, { changes, version }: Report): DocumentPart[] {
  if (version === 1) return [];
  const shown = changes.slice(0, CHANGES_SHOWN);
  const all = { n: shown.length, all: changes.length };
  const caption =
    shown.length < changes.length
      ? `${t.say('changes')}: ${t.say('first', all)}`
      : t.say('changes');
  const text = (value: Report['changes'][number]['before']) => {
    return typeof value === 'number'
      ? t.number(value, Number.isInteger(value) ? 0 : 5)
      : `${value ?? '–'}`;
  };
  return [
    heading(t.say('changes')),
    paragraph(t.say('changesNote')),
    table(
      t,
      caption,
      ['figure', 'before', 'after'],
      shown.map((one) => [one.figure, text(one.before), text(one.after)]),
    ),
  ];
}
