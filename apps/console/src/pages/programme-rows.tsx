// What stands in a region's way, and its milestones: each with an owner and a day.

import { Button } from '@digdir/designsystemet-react';
import type { ProgrammeRow, ProgrammeRowWrite } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, usePages, useWrite } from '../api/api.ts';
import { timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault } from '../parts/page.tsx';
import { Marked } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

interface ProgrammeRowsProps {
  readonly organisationId: number;
  readonly organisation: string;
}

const KINDS = [
  { kind: 'blocker', title: 'programme.blockers', none: 'programme.noBlockers' },
  { kind: 'milestone', title: 'programme.milestones', none: 'programme.noMilestones' },
] as const;

export function ProgrammeRows({ organisationId, organisation }: ProgrammeRowsProps) {
  const t = useWords();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const rows = usePages<ProgrammeRow>('/programme-rows', { organisationId });
  return (
    <>
      <Answer of={{ data: rows.items, error: rows.error }}>
        {(found) => (
          <div className="programme-rows">
            {KINDS.map(({ kind, title, none }) => (
              <section key={kind}>
                <h3>{t(title)}</h3>
                <RowTable
                  caption={`${t(title)}: ${organisation}`}
                  none={t(none)}
                  rows={found.filter((row) => row.kind === kind)}
                />
              </section>
            ))}
          </div>
        )}
      </Answer>
      <More of={rows} />
      {may('programme.write') && (
        <Button
          variant="secondary"
          aria-label={`${t('programme.newRow')}: ${organisation}`}
          onClick={() => setAdding(true)}
        >
          {t('programme.newRow')}
        </Button>
      )}
      {adding && (
        <ModalDialog title={t('programme.newRow')} open onClose={() => setAdding(false)}>
          <RowForm organisationId={organisationId} onSaved={() => setAdding(false)} />
        </ModalDialog>
      )}
    </>
  );
}

interface RowTableProps {
  readonly caption: string;
  readonly none: string;
  readonly rows: readonly ProgrammeRow[];
}

function RowTable({ caption, none, rows }: RowTableProps) {
  const t = useWords();
  const language = useLanguage();
  const may = useMay();
  const write = useWrite<ProgrammeRow>(['/programme']);
  const today = new Date().toISOString().slice(0, 10);
  const finish = ({ id, version, kind, text, owner, due, note }: ProgrammeRow): void => {
    const body = { kind, text, owner, due, note, done: true };
    write.mutate({ path: `/programme-rows/${id}`, method: 'PUT', body, version });
  };
  return (
    <>
      {write.error !== null && <Fault error={write.error} />}
      <DataTable
        caption={caption}
        rows={rows}
        rowKey={({ id }) => id}
        empty={none}
        columns={[
          { key: 'what', head: t('programme.what'), names: true, cell: ({ text }) => text },
          { key: 'owner', head: t('programme.owner'), cell: ({ owner }) => owner },
          {
            key: 'due',
            head: t('programme.due'),
            tight: true,
            cell: ({ due }) => (
              <>
                {timeText(language, 'date', due)}{' '}
                {due < today && <Marked tone="bad">{t('programme.late')}</Marked>}
              </>
            ),
          },
          ...(may('programme.write')
            ? [
                {
                  key: 'done',
                  head: t('programme.done'),
                  cell: (row: ProgrammeRow) => (
                    <Button
                      variant="tertiary"
                      aria-label={t('programme.markDone', { name: row.text })}
                      onClick={() => finish(row)}
                    >
                      {t('programme.done')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

interface RowFormProps {
  readonly organisationId: number;
  readonly onSaved: () => void;
}

function RowForm({ organisationId, onSaved }: RowFormProps) {
  const t = useWords();
  const write = useWrite<ProgrammeRow>(['/programme']);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [kind, setKind] = useState<ProgrammeRowWrite['kind']>('blocker');
  const [text, setText] = useState('');
  const [owner, setOwner] = useState('');
  const [due, setDue] = useState('');
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body: ProgrammeRowWrite = { kind, text, owner, due, note: '', done: false };
    const path = `/programme/${organisationId}/rows`;
    write.mutate({ path, body, idempotencyKey }, { onSuccess: onSaved });
  };
  return (
    <form className="form" onSubmit={submit}>
      <Choice
        label={t('column.kind')}
        value={kind}
        options={KINDS.map((one) => ({ value: one.kind, label: t(`rowKind.${one.kind}`) }))}
        onChange={setKind}
      />
      <TextInput label={t('programme.what')} value={text} onChange={setText} required />
      <TextInput label={t('programme.owner')} value={owner} onChange={setOwner} required />
      <TextInput label={t('programme.due')} type="date" value={due} onChange={setDue} required />
      {write.error !== null && <Fault error={write.error} />}
      <Button type="submit" loading={write.isPending}>
        {t('action.save')}
      </Button>
    </form>
  );
}
