// What people found out: search as one types, what it is about beside it, one note with its talk.
import { Button } from '@digdir/designsystemet-react';
import type { Note } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { NOTE_STATE_NAMES, VEHICLE_KIND_NAMES } from '../choices.ts';
import { countText, whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Choice } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { NoteStateMark } from '../parts/note-mark.tsx';
import { Answer, PageFrame, Panel } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { NoteDetail } from './experience-note.tsx';
import { NoteDialog } from './note-dialog.tsx';

const PAGE_ROWS = 50;

export function ExperiencePage() {
  const t = useWords();
  const may = useMay();
  const [filters, change] = useFilters();
  const [making, setMaking] = useState(false);
  const { q, state, carrierId, vehicleKind, deviceModel } = filters;
  const query = { limit: PAGE_ROWS, q, state, carrierId, vehicleKind, deviceModel };
  const list = usePages<Note>('/experience', query);
  const chosenId = Number(filters['note'] ?? 0);
  return (
    <PageFrame title={t('page.experience')} tools={<Tools />}>
      <div className={chosenId === 0 ? undefined : 'with-detail'}>
        <Panel
          title={t('experience.list')}
          note={<Found n={list.items?.length} isMore={list.hasNextPage} />}
          tools={
            may('experience.write') && (
              <Button variant="secondary" onClick={() => setMaking(true)}>
                {t('experience.new')}
              </Button>
            )
          }
        >
          <Answer of={{ data: list.items, error: list.error }}>
            {(notes) => <NoteTable notes={notes} chosenId={chosenId} />}
          </Answer>
          <More of={list} />
        </Panel>
        {chosenId !== 0 && (
          <NoteDetail
            key={chosenId}
            noteId={chosenId}
            onClose={() => change({ note: undefined })}
          />
        )}
        {making && (
          <NoteDialog
            note={null}
            onSaved={({ id }) => {
              setMaking(false);
              change({ note: String(id) });
            }}
            onClose={() => setMaking(false)}
          />
        )}
      </div>
    </PageFrame>
  );
}

/** Said aloud when it changes: whoever types does not see the list. */
function Found({ n, isMore }: { readonly n: number | undefined; readonly isMore: boolean }) {
  const t = useWords();
  const word = isMore ? 'experience.more' : 'experience.found';
  return <span role="status">{n === undefined ? '' : t(word, { n })}</span>;
}

function Tools() {
  const t = useWords();
  const look = useCarrierLook();
  const [filters, change] = useFilters();
  const all = { value: '', label: t('filter.all') };
  return (
    <>
      <SearchField
        label={t('experience.search')}
        value={filters['q'] ?? ''}
        onChange={(q) => change({ q })}
      />
      <Choice
        label={t('experience.state')}
        value={filters['state'] ?? ''}
        options={[
          all,
          ...NOTE_STATE_NAMES.map((one) => ({ value: one, label: t(`noteState.${one}`) })),
        ]}
        onChange={(state) => change({ state })}
      />
      <Choice
        label={t('column.carrier')}
        value={filters['carrierId'] ?? ''}
        options={[all, ...look.all.map(({ id, name }) => ({ value: String(id), label: name }))]}
        onChange={(carrierId) => change({ carrierId })}
      />
      <Choice
        label={t('experience.kind')}
        value={filters['vehicleKind'] ?? ''}
        options={[
          all,
          ...VEHICLE_KIND_NAMES.map((one) => ({ value: one, label: t(`kind.${one}`) })),
        ]}
        onChange={(vehicleKind) => change({ vehicleKind })}
      />
      <SearchField
        label={t('experience.model')}
        value={filters['deviceModel'] ?? ''}
        onChange={(deviceModel) => change({ deviceModel })}
      />
    </>
  );
}

interface NoteTableProps {
  readonly notes: readonly Note[];
  readonly chosenId: number;
}

function NoteTable({ notes, chosenId }: NoteTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const [, change] = useFilters();
  const isAlone = chosenId === 0;
  return (
    <DataTable
      caption={t('experience.list')}
      rows={notes}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosenId}
      empty={t('experience.none')}
      columns={[
        {
          key: 'title',
          head: t('experience.title'),
          names: true,
          cell: ({ id, title }) => (
            <button
              type="button"
              className="link"
              aria-expanded={id === chosenId}
              onClick={() => change({ note: id === chosenId ? undefined : String(id) })}
            >
              {title}
            </button>
          ),
        },
        {
          key: 'state',
          head: t('experience.state'),
          tight: true,
          cell: ({ state }) => <NoteStateMark state={state} />,
        },
        {
          key: 'whose',
          head: t('experience.whose'),
          spare: isAlone ? 'phone' : true,
          cell: ({ organisation }) => organisation,
        },
        {
          key: 'useful',
          head: t('experience.useful'),
          numeric: true,
          cell: ({ useful }) => countText(language, useful),
        },
        {
          key: 'changed',
          head: t('experience.changed'),
          spare: isAlone ? 'phone' : true,
          cell: ({ changedAt }) => whenText(language, changedAt, nowMs),
        },
      ]}
    />
  );
}
