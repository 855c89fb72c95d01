// Evidence as a document to read and print. The signed pack is the proof; this names its SHA-256.
import type { Document, DocumentLanguage, DocumentPart, Evidence } from '@rmh/contract/api';

interface Words {
  readonly title: (carrier: string, caseId: number) => string;
  readonly simulated: string;
  readonly area: string;
  readonly hole: string;
  readonly why: string;
  readonly facts: string;
  readonly carrier: string;
  readonly from: string;
  readonly to: string;
  readonly lasts: string;
  readonly struck: string;
  readonly served: string;
  readonly fine: string;
  readonly lost: string;
  readonly version: string;
  readonly frozen: string;
  readonly cells: string;
  readonly cell: string;
  readonly vehicles: string;
  readonly vehicle: string;
  readonly minutes: string;
  readonly signal: string;
  readonly held: string;
  readonly heldBy: string;
  readonly day: string;
  readonly days: string;
}

const WORDS: Readonly<Record<DocumentLanguage, Words>> = {
  nb: {
    title: (carrier, caseId) => `Dokumentasjon av utfall hos ${carrier}, sak ${caseId}`,
    simulated: 'Oppdiktede kjøretøy. Dette er en øvelse.',
    area: 'Mange kjøretøy mistet operatøren i ett område samtidig, mens andre operatører holdt.',
    hole: 'Kjøretøy mister operatøren på samme sted igjen og igjen, mens andre operatører holder.',
    why: 'Kjøretøy er numre og steder er celler (H3), så ingens vei kan leses ut av dette.',
    facts: 'Oppsummering',
    carrier: 'Operatør',
    from: 'Fra',
    to: 'Til',
    lasts: 'varer',
    struck: 'Kjøretøy rammet',
    served: 'Av dem betjent av andre hele tiden',
    fine: 'Kjøretøy der som hadde operatøren',
    lost: 'Kjøretøyminutter tapt',
    version: 'Versjon',
    frozen: 'Frosset',
    cells: 'Celler',
    cell: 'Celle',
    vehicles: 'Kjøretøy',
    vehicle: 'Nr.',
    minutes: 'Minutter',
    signal: 'Signal før, dBm',
    held: 'Holdt',
    heldBy: 'Operatører som holdt',
    day: 'Dag',
    days: 'Dager',
  },
  en: {
    title: (carrier, caseId) => `Evidence of an outage at ${carrier}, case ${caseId}`,
    simulated: 'Made-up vehicles. This is an exercise.',
    area: 'Many vehicles lost the carrier in one area at once, while other carriers held.',
    hole: 'Vehicles lose the carrier at one place again and again, while other carriers hold.',
    why: 'Vehicles are numbers and places are cells (H3), so nobody’s way can be read from this.',
    facts: 'Summary',
    carrier: 'Carrier',
    from: 'From',
    to: 'To',
    lasts: 'lasts',
    struck: 'Vehicles struck',
    served: 'Of those, served by others throughout',
    fine: 'Vehicles there that had the carrier',
    lost: 'Vehicle-minutes lost',
    version: 'Version',
    frozen: 'Frozen',
    cells: 'Cells',
    cell: 'Cell',
    vehicles: 'Vehicles',
    vehicle: 'No.',
    minutes: 'Minutes',
    signal: 'Signal before, dBm',
    held: 'Held',
    heldBy: 'Carriers that held',
    day: 'Day',
    days: 'Days',
  },
};

const left = (name: string) => ({ name, align: 'left' }) as const;
const right = (name: string) => ({ name, align: 'right' }) as const;

export function evidenceDocument(
  evidence: Evidence,
  sha256: string,
  language: DocumentLanguage,
): Document {
  const words = WORDS[language];
  const minutes = (ms: number) =>
    (ms / 60_000).toLocaleString(language === 'nb' ? 'nb-NO' : 'en-GB', {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    });
  const time = timeIn(language);
  const { carrier, caseId, simulated, kind, frozenAt } = evidence;
  const parts: DocumentPart[] = [
    ...(simulated ? [{ kind: 'paragraph' as const, text: words.simulated }] : []),
    { kind: 'paragraph', text: words[kind] },
    { kind: 'heading', level: 2, text: words.facts },
    { kind: 'facts', facts: factsOf(evidence, sha256, { words, minutes, time }) },
    { kind: 'paragraph', text: words.why },
    {
      kind: 'bars',
      caption: words.cells,
      columns: [words.cell, words.minutes],
      bars: evidence.cells.map(({ cell, lostMs }) => {
        return { name: cell, value: lostMs / 60_000, text: minutes(lostMs) };
      }),
    },
    kind === 'area'
      ? vehicleTable(evidence, { words, minutes, time })
      : dayTable(evidence, { words, minutes, time }),
  ];
  return { title: words.title(carrier.name, caseId), language, madeAt: frozenAt, parts };
}

interface Said {
  readonly words: Words;
  readonly minutes: (ms: number) => string;
  readonly time: (at: string) => string;
}

/** Norway's clock, as everywhere; to the second, as the evidence is. */
function timeIn(language: DocumentLanguage): (at: string) => string {
  const format = new Intl.DateTimeFormat(language === 'nb' ? 'nb-NO' : 'en-GB', {
    timeZone: 'Europe/Oslo',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (at) => format.format(new Date(at));
}

function factsOf(evidence: Evidence, sha256: string, { words, minutes, time }: Said) {
  const held = evidence.held.map(({ carrier, vehicles }) => `${carrier} (${vehicles})`).join(', ');
  const said: [string, string][] = [
    [words.carrier, evidence.carrier.name],
    [words.from, time(evidence.from)],
    [words.to, evidence.to === null ? words.lasts : time(evidence.to)],
    [words.struck, String(evidence.vehiclesStruck)],
    [words.lost, minutes(evidence.lostMs)],
    [words.served, String(evidence.vehiclesServed)],
    [words.fine, String(evidence.vehiclesFine)],
    [words.heldBy, held === '' ? '–' : held],
    [words.version, String(evidence.version)],
    [words.frozen, time(evidence.frozenAt)],
    ['SHA-256', sha256],
  ];
  return said.map(([name, value]) => ({ name, value }));
}

function vehicleTable(evidence: Evidence, { words, minutes, time }: Said): DocumentPart {
  return {
    kind: 'table',
    caption: words.vehicles,
    columns: [
      ...[left(words.vehicle), left(words.from), left(words.to), left(words.cell)],
      ...[right(words.minutes), right(words.signal), left(words.held)],
    ],
    rows: evidence.vehicles.map((one) => [
      ...[String(one.number), time(one.from), one.to === null ? words.lasts : time(one.to)],
      ...[one.cell, minutes(one.lostMs), one.rsrpDbm === null ? '–' : String(one.rsrpDbm)],
      one.held.join(', '),
    ]),
  };
}

function dayTable(evidence: Evidence, { words, minutes }: Said): DocumentPart {
  return {
    kind: 'table',
    caption: words.days,
    columns: [left(words.day), left(words.cell), right(words.vehicles), right(words.minutes)],
    rows: evidence.days.map(({ day, cell, vehicles, lostMs }) => [
      ...[day, cell, String(vehicles), minutes(lostMs)],
    ]),
  };
}
