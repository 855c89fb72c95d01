// How long a cause must last before it is an alarm, and be gone before the alarm is cleared.

import { Button } from '@digdir/designsystemet-react';
import type { AlarmRule, Severity } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useMe, useOrganisations, useWrite } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { SEVERITY_NAMES } from '../choices.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { SeverityMark } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';

export function AlarmRules() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { me } = useMe();
  const organisationId = filters['organisationId'] ?? String(me?.user.organisationId ?? '');
  const rules = useGet<readonly AlarmRule[]>(
    `/organisations/${organisationId}/alarm-rules`,
    {},
    { enabled: organisationId !== '' },
  );
  return (
    <Panel
      title={t('alarms.rules')}
      note={t('rules.note')}
      tools={
        <OrganisationChoice
          one
          value={organisationId}
          onChange={(next) => change({ organisationId: next })}
        />
      }
    >
      <Answer of={rules}>{(data) => <RuleTable rules={data} />}</Answer>
    </Panel>
  );
}

function RuleTable({ rules }: { readonly rules: readonly AlarmRule[] }) {
  const t = useWords();
  const may = useMay();
  const { data: tree } = useOrganisations();
  const [edited, setEdited] = useState<AlarmRule['kind'] | null>(null);
  const rule = rules.find(({ kind }) => kind === edited);
  const seconds = (value: number): string => t('value.seconds', { n: value });
  return (
    <>
      <DataTable
        caption={t('alarms.rules')}
        rows={rules}
        rowKey={({ kind }) => kind}
        columns={[
          {
            key: 'kind',
            head: t('column.kind'),
            names: true,
            cell: ({ kind }) => t(`alarmKind.${kind}`),
          },
          {
            key: 'severity',
            head: t('column.severity'),
            cell: ({ severity }) => <SeverityMark severity={severity} />,
          },
          {
            key: 'raise',
            head: t('rules.raise'),
            numeric: true,
            cell: ({ raiseAfterS }) => seconds(raiseAfterS),
          },
          {
            key: 'clear',
            head: t('rules.clear'),
            numeric: true,
            cell: ({ clearAfterS }) => seconds(clearAfterS),
          },
          {
            key: 'enabled',
            head: t('rules.enabled'),
            cell: ({ enabled }) => t(enabled ? 'word.yes' : 'word.no'),
          },
          {
            key: 'origin',
            head: t('column.origin'),
            cell: ({ fromOrganisationId }) =>
              fromOrganisationId === null
                ? t('rules.builtIn')
                : (tree?.find(({ id }) => id === fromOrganisationId)?.shortName ?? '–'),
          },
          ...(may('alarm.rule')
            ? [
                {
                  key: 'edit',
                  head: <span className="unseen">{t('action.change')}</span>,
                  cell: (rule: AlarmRule) => (
                    <Button
                      variant="tertiary"
                      aria-label={`${t('action.change')}: ${t(`alarmKind.${rule.kind}`)}`}
                      onClick={() => setEdited(rule.kind)}
                    >
                      {t('action.change')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {rule !== undefined && <RuleDialog rule={rule} onClose={() => setEdited(null)} />}
    </>
  );
}

function RuleDialog({ rule, onClose }: { readonly rule: AlarmRule; readonly onClose: () => void }) {
  const t = useWords();
  const write = useWrite([`/organisations/${rule.organisationId}/alarm-rules`]);
  const { opened, version } = useOpened(rule, write.error);
  const [severity, setSeverity] = useState<Severity>(opened.severity);
  const [raiseAfterS, setRaise] = useState(String(opened.raiseAfterS));
  const [clearAfterS, setClear] = useState(String(opened.clearAfterS));
  const [enabled, setEnabled] = useState(opened.enabled ? 'yes' : 'no');
  const path = `/organisations/${rule.organisationId}/alarm-rules/${rule.kind}`;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      severity,
      raiseAfterS: Number(raiseAfterS),
      clearAfterS: Number(clearAfterS),
      enabled: enabled === 'yes',
    };
    write.mutate({ path, method: 'PUT', body, version }, { onSuccess: onClose });
  };
  const takeBack = (): void =>
    write.mutate({ path, method: 'DELETE', version }, { onSuccess: onClose });
  return (
    <ModalDialog title={t(`alarmKind.${rule.kind}`)} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Choice
          label={t('column.severity')}
          value={severity}
          options={SEVERITY_NAMES.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={setSeverity}
        />
        <TextInput label={t('rules.raise')} type="number" value={raiseAfterS} onChange={setRaise} />
        <TextInput label={t('rules.clear')} type="number" value={clearAfterS} onChange={setClear} />
        <Choice
          label={t('rules.enabled')}
          value={enabled}
          options={[
            { value: 'yes', label: t('word.yes') },
            { value: 'no', label: t('word.no') },
          ]}
          onChange={setEnabled}
        />
        <SaveFault error={write.error} fields={useFields(opened, rule)} />
        <div className="actions">
          <Button type="submit" loading={write.isPending}>
            {t('action.save')}
          </Button>
          {rule.fromOrganisationId === rule.organisationId && (
            <Button variant="secondary" onClick={takeBack}>
              {t('rules.takeBack')}
            </Button>
          )}
        </div>
      </form>
    </ModalDialog>
  );
}

function useFields(opened: AlarmRule, now: AlarmRule) {
  const t = useWords();
  const texts = ({ severity, raiseAfterS, clearAfterS, enabled }: AlarmRule) => [
    t(`severity.${severity}`),
    String(raiseAfterS),
    String(clearAfterS),
    t(enabled ? 'word.yes' : 'word.no'),
  ];
  const names = [t('column.severity'), t('rules.raise'), t('rules.clear'), t('rules.enabled')];
  const after = texts(now);
  return texts(opened).map((before, at) => [names[at] ?? '', before, after[at] ?? ''] as const);
}
