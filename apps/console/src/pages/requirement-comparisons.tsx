// The comparisons of a check: a fact, how it is compared, and with what.
import { Button } from '@digdir/designsystemet-react';
import type { Comparison, RequirementFact, RequirementLevel } from '@rmh/contract/api';
import { COMPARISONS_MOST, OPERATOR_NAMES } from '../choices.ts';
import { Choice, TextInput } from '../parts/fields.tsx';
import { useRequirementWords } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';

interface ComparisonRowsProps {
  readonly level: RequirementLevel;
  readonly comparisons: readonly Comparison[];
  readonly onChange: (comparisons: Comparison[]) => void;
}

/** Which facts are known of what is bound. */
function fits({ of }: RequirementFact, level: RequirementLevel): boolean {
  if (level === 'vehicle') return of === 'vehicle';
  return of === 'organisation' || (level === 'national' && of === 'national');
}

export function ComparisonRows({ level, comparisons, onChange }: ComparisonRowsProps) {
  const t = useWords();
  const { facts } = useRequirementWords();
  const offered = facts.filter((fact) => fits(fact, level));
  const first = offered[0];
  const put = (at: number, part: Partial<Comparison>): void =>
    onChange(comparisons.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="parts">
      <legend>{t('requirements.asks')}</legend>
      {comparisons.map((comparison, at) => (
        // Comparisons have no name but their place.
        <ComparisonRow
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the name
          key={at}
          comparison={comparison}
          offered={offered}
          onChange={(part) => put(at, part)}
          onRemove={
            comparisons.length > 1 ? () => onChange(comparisons.filter((_, i) => i !== at)) : null
          }
        />
      ))}
      {comparisons.length < COMPARISONS_MOST && first !== undefined && (
        <Button
          variant="secondary"
          onClick={() => onChange([...comparisons, startOf(first)])}
          type="button"
        >
          {t('action.add')}
        </Button>
      )}
    </fieldset>
  );
}

const startOf = ({ name, unit }: RequirementFact): Comparison =>
  unit === 'yes'
    ? { fact: name, is: 'exactly', value: 1 }
    : { fact: name, is: 'at-least', value: 0 };

interface ComparisonRowProps {
  readonly comparison: Comparison;
  readonly offered: readonly RequirementFact[];
  readonly onChange: (part: Partial<Comparison>) => void;
  readonly onRemove: (() => void) | null;
}

function ComparisonRow({ comparison, offered, onChange, onRemove }: ComparisonRowProps) {
  const t = useWords();
  const language = useLanguage();
  const fact = offered.find(({ name }) => name === comparison.fact);
  // Shares are written as per cent, as they are read.
  const scale = fact?.unit === 'share' ? 100 : 1;
  const shown = Number((comparison.value * scale).toFixed(6));
  return (
    <div className="comparison">
      <Choice
        label={t('requirements.fact')}
        value={fact === undefined ? '' : comparison.fact}
        options={[
          ...(fact === undefined ? [{ value: '' as const, label: t('filter.choose') }] : []),
          ...offered.map((one) => ({ value: one.name, label: one[language] })),
        ]}
        onChange={(name) => {
          const next = offered.find((one) => one.name === name);
          if (next === undefined) return;
          // What is asked of a count is a count: nobody sees that a field below went back to 0.
          onChange(next.unit === fact?.unit ? { fact: next.name } : startOf(next));
        }}
      />
      {fact?.unit === 'yes' ? (
        <Choice
          label={t('column.value')}
          value={comparison.value === 0 ? '0' : '1'}
          options={[
            { value: '1', label: t('word.yes') },
            { value: '0', label: t('word.no') },
          ]}
          onChange={(value) => onChange({ value: Number(value) })}
        />
      ) : (
        <>
          <Choice
            label={t('requirements.operator')}
            value={comparison.is}
            options={OPERATOR_NAMES.map((one) => ({ value: one, label: t(`operator.${one}`) }))}
            onChange={(is) => onChange({ is })}
          />
          <TextInput
            label={fact === undefined ? t('column.value') : t(`unit.${fact.unit}`)}
            type="number"
            value={String(shown)}
            required
            onChange={(value) => onChange({ value: Number(value) / scale })}
          />
        </>
      )}
      {onRemove !== null && (
        <Button variant="tertiary" type="button" onClick={onRemove}>
          {t('action.remove')}
        </Button>
      )}
    </div>
  );
}
