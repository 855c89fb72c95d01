// The settings that layers may give, and how their values read.
import type { Configuration, ConfigurationField, MissionTreatment } from '@rmh/contract/api';
import { countText, shareText } from './format.ts';
import { type Language, say } from './words/say.ts';

export const CONFIGURATION_FIELDS = [
  'duplicateShareMost',
  'policyText',
  'logLevel',
  'reportPlace',
  'recordMb',
  'sampleKeepDays',
  'links',
  'preferGateway',
  'missions',
] as const satisfies readonly ConfigurationField[];

export function valueText(
  language: Language,
  field: ConfigurationField,
  value: Configuration[ConfigurationField] | undefined,
): string {
  if (value === undefined || value === null) return say(language, 'value.none');
  if (typeof value === 'boolean') return say(language, value ? 'word.yes' : 'word.no');
  if (typeof value === 'number') return numberText(language, field, value);
  if (typeof value === 'string') {
    if (field !== 'policyText') return value;
    return say(language, 'value.lines', { n: value.split('\n').length });
  }
  if (value.length === 0) return say(language, 'value.none');
  return value
    .map((one) => ('link' in one ? linkText(language, one) : missionText(language, one)))
    .join('; ');
}

function numberText(language: Language, field: ConfigurationField, value: number): string {
  if (field === 'duplicateShareMost') return shareText(language, value);
  if (field === 'recordMb') return `${countText(language, value)} MB`;
  return say(language, 'value.days', { n: value });
}

function linkText(language: Language, rule: Configuration['links'][number]): string {
  const word = say(language, rule.enabled ? 'value.on' : 'value.off');
  const data = rule.monthlyMb === null ? '' : `, ${countText(language, rule.monthlyMb)} MB`;
  return `${rule.link}: ${word}${data}`;
}

function missionText(language: Language, treatment: MissionTreatment): string {
  const urgency = say(language, `urgency.${treatment.urgency}`);
  const twice = say(language, 'value.twice', {
    share: shareText(language, treatment.duplicateShareMost),
  });
  const data = treatment.overBudget ? `, ${say(language, 'value.overBudget')}` : '';
  return `${urgency}: ${twice}${data}`;
}

/** A value as it is typed; what a layer does not say is empty. */
export function writtenValue(value: Configuration[ConfigurationField] | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '-';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What was typed is no value of the setting. */
export const WRONG = Symbol('wrong');

/** The other way: undefined for nothing. */
export function readValue(
  field: ConfigurationField,
  text: string,
): Configuration[ConfigurationField] | undefined | typeof WRONG {
  const word = text.trim();
  if (word === '') return undefined;
  switch (field) {
    case 'duplicateShareMost':
    case 'recordMb':
    case 'sampleKeepDays': {
      const number = Number(word.replace(',', '.'));
      return Number.isFinite(number) && number >= 0 ? number : WRONG;
    }
    case 'reportPlace':
      return word === 'true' || word === 'false' ? word === 'true' : WRONG;
    case 'logLevel':
      return LOG_LEVELS.find((level) => level === word) ?? WRONG;
    case 'links':
    case 'missions':
      return readList(word);
    case 'policyText':
    case 'preferGateway':
      return word === '-' ? null : word;
  }
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What stands in it, the platform looks at. */
function readList(text: string): Configuration['links' | 'missions'] | typeof WRONG {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Configuration['links' | 'missions']) : WRONG;
  } catch {
    return WRONG;
  }
}
