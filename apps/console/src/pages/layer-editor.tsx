// A layer's values as text, one line a setting: empty says nothing, and the layer above decides.
// Before anything is saved, the platform tells how many units would change.

import { Button } from '@digdir/designsystemet-react';
import type { Layer, LayerValues, LayerWrite, Preview } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, useWrite } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { CONFIGURATION_FIELDS, readValue, WRONG, writtenValue } from '../configuration-fields.ts';
import { TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

type Field = (typeof CONFIGURATION_FIELDS)[number];

export function LayerEditor({
  layer,
  onDone,
}: {
  readonly layer: Layer;
  readonly onDone: () => void;
}) {
  const t = useWords();
  const preview = useWrite<Preview>([]);
  const save = useWrite(['/configuration', '/experience']);
  const { opened, version } = useOpened(layer, save.error);
  const [texts, setTexts] = useState(() => textsOf(opened.values));
  const [locked, setLocked] = useState<ReadonlySet<string>>(new Set(opened.locked));
  const [note, setNote] = useState('');
  const [filters, change] = useFilters();
  const noteId = Number(filters['experience'] ?? 0);
  const values = valuesOf(texts);
  const wrong = CONFIGURATION_FIELDS.filter((field) => values[field] === WRONG);
  const write = (): LayerWrite => ({
    values: withoutGaps(values),
    locked: CONFIGURATION_FIELDS.filter((field) => locked.has(field)),
    note: note.trim(),
    ...(noteId > 0 && { noteId }),
  });
  const path = `/configuration/layers/${layer.id}`;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const call = { path, method: 'PUT', body: write(), version } as const;
    const saved = (): void => {
      if (noteId > 0) change({ experience: undefined });
      onDone();
    };
    save.mutate(call, { onSuccess: saved });
  };
  return (
    <form className="form" onSubmit={submit}>
      {CONFIGURATION_FIELDS.map((field) => (
        <FieldRow
          key={field}
          field={field}
          text={texts[field]}
          wrong={wrong.includes(field)}
          locked={locked.has(field)}
          onText={(text) => setTexts({ ...texts, [field]: text })}
          onLock={() => setLocked(locked.symmetricDifference(new Set([field])))}
        />
      ))}
      {noteId > 0 && <p className="quiet">{t('experience.linked', { n: noteId })}</p>}
      <TextInput label={t('configuration.why')} value={note} onChange={setNote} required />
      <div className="actions">
        <Button
          variant="secondary"
          loading={preview.isPending}
          disabled={wrong.length > 0}
          onClick={() => preview.mutate({ path: `${path}/preview`, body: write() })}
        >
          {t('configuration.preview')}
        </Button>
        <Button
          type="submit"
          loading={save.isPending}
          disabled={wrong.length > 0 || note.trim() === ''}
        >
          {t('action.save')}
        </Button>
        <Button variant="tertiary" onClick={onDone}>
          {t('action.cancel')}
        </Button>
      </div>
      {preview.data !== undefined && <PreviewText preview={preview.data} />}
      {preview.error !== null && <Fault error={preview.error} />}
      <SaveFault error={save.error} fields={useFields(opened, layer)} />
    </form>
  );
}

interface FieldRowProps {
  readonly field: Field;
  readonly text: string;
  readonly wrong: boolean;
  readonly locked: boolean;
  readonly onText: (text: string) => void;
  readonly onLock: () => void;
}

function FieldRow({ field, text, wrong, locked, onText, onLock }: FieldRowProps) {
  const t = useWords();
  const may = useMay();
  return (
    <div className="row">
      <TextInput
        grow
        label={t(`setting.${field}`)}
        value={text}
        placeholder={t('configuration.inherited')}
        onChange={onText}
      />
      {may('configuration.lock') && (
        <label className="check">
          <input type="checkbox" checked={locked} onChange={onLock} />
          {t('configuration.lock')}
        </label>
      )}
      {wrong && (
        <p className="wrong" role="alert">
          {t(`hint.${field}`)}
        </p>
      )}
    </div>
  );
}

function PreviewText({ preview }: { readonly preview: Preview }) {
  const t = useWords();
  return (
    <div className="preview" role="status">
      <p>{t('configuration.wouldChange', { n: preview.units, below: preview.unitsBelow })}</p>
      {preview.overruled.length > 0 && (
        <ul>
          {preview.overruled.map(({ layerId, name, field }) => (
            <li key={`${layerId} ${field}`}>{t('configuration.overruled', { name, field })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function useFields(opened: Layer, now: Layer) {
  const t = useWords();
  const textIn = ({ values, locked }: Layer, field: Field): string => {
    const text = writtenValue(values[field]) || '–';
    return locked.includes(field) ? `${text} · ${t('configuration.locked')}` : text;
  };
  return CONFIGURATION_FIELDS.map(
    (field) => [t(`setting.${field}`), textIn(opened, field), textIn(now, field)] as const,
  );
}

type Texts = Readonly<Record<Field, string>>;

function textsOf(values: LayerValues): Texts {
  const texts = CONFIGURATION_FIELDS.map((field) => [field, writtenValue(values[field])]);
  return Object.fromEntries(texts) as Texts;
}

type Read = Readonly<Record<Field, ReturnType<typeof readValue>>>;

function valuesOf(texts: Texts): Read {
  const values = CONFIGURATION_FIELDS.map((field) => [field, readValue(field, texts[field])]);
  return Object.fromEntries(values) as Read;
}

function withoutGaps(values: Read): LayerValues {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as LayerValues;
}
