// A region's plan: how many vehicles have come how far at the end of each month.

import { Button } from '@digdir/designsystemet-react';
import type { PlanMonth, Programme, StageCounts } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { nextMonth } from '../burn-up.ts';
import { STAGE_COUNT_NAMES } from '../choices.ts';
import { timeText } from '../format.ts';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useLanguage, useWords } from '../words/words.ts';

interface PlanDialogProps {
  readonly region: Programme;
  readonly onClose: () => void;
}

export function PlanDialog({ region, onClose }: PlanDialogProps) {
  const t = useWords();
  return (
    <ModalDialog
      title={t('programme.planTitle', { name: region.organisation })}
      open
      onClose={onClose}
    >
      <PlanForm now={region} onSaved={onClose} />
    </ModalDialog>
  );
}

/** As the last month, or this one with nothing in it. */
function following(months: readonly PlanMonth[]): PlanMonth {
  const last = months.at(-1);
  if (last !== undefined) return { ...last, month: nextMonth(last.month) };
  const month = `${new Date().toISOString().slice(0, 7)}-01`;
  return { month, ordered: 0, delivered: 0, installed: 0, accepted: 0, inOperation: 0 };
}

interface PlanFormProps {
  readonly now: Programme;
  readonly onSaved: () => void;
}

function PlanForm({ now, onSaved }: PlanFormProps) {
  const t = useWords();
  const write = useWrite<Programme>(['/programme']);
  const { opened, version } = useOpened(now, write.error);
  const [coordinator, setCoordinator] = useState(opened.coordinator ?? '');
  const [months, setMonths] = useState<readonly PlanMonth[]>(opened.plan);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const path = `/programme/${now.organisationId}/plan`;
    const body = { coordinator, months };
    write.mutate({ path, method: 'PUT', body, version }, { onSuccess: onSaved });
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextInput
        label={t('programme.who')}
        value={coordinator}
        onChange={setCoordinator}
        required
      />
      <p className="quiet">{t('programme.planHow')}</p>
      <MonthTable months={months} onChange={setMonths} />
      <div className="actions">
        <Button variant="secondary" onClick={() => setMonths([...months, following(months)])}>
          {t('programme.addMonth')}
        </Button>
      </div>
      <SaveFault
        error={write.error}
        fields={[[t('programme.who'), opened.coordinator ?? '–', now.coordinator ?? '–']]}
      />
      <Button type="submit" loading={write.isPending}>
        {t('action.save')}
      </Button>
    </form>
  );
}

interface MonthTableProps {
  readonly months: readonly PlanMonth[];
  readonly onChange: (months: readonly PlanMonth[]) => void;
}

function MonthTable({ months, onChange }: MonthTableProps) {
  const t = useWords();
  const language = useLanguage();
  const set = (at: number, stage: keyof StageCounts, text: string): void =>
    onChange(months.map((one, i) => (i === at ? { ...one, [stage]: Number(text) } : one)));
  const nameOf = ({ month }: PlanMonth): string => timeText(language, 'month', month);
  if (months.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className="table-frame plan-months" aria-label={t('programme.burnUp')} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('programme.month')}</th>
            {STAGE_COUNT_NAMES.map((stage) => (
              <th key={stage} scope="col" className="numeric">
                {t(`stageCount.${stage}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {months.map((one, at) => (
            <tr key={one.month}>
              <th scope="row" className="tight">
                {nameOf(one)}
              </th>
              {STAGE_COUNT_NAMES.map((stage) => (
                <td key={stage} className="numeric">
                  <input
                    type="number"
                    min="0"
                    max="10000"
                    required
                    value={one[stage]}
                    aria-label={`${nameOf(one)}, ${t(`stageCount.${stage}`)}`}
                    onChange={(event) => set(at, stage, event.target.value)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
