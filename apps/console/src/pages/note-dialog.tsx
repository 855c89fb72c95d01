// A new note, or a new revision of one.
import { Button } from '@digdir/designsystemet-react';
import type { Layer, Note, NoteWrite, Page } from '@rmh/contract/api';
import { lazy, Suspense, useState } from 'react';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { useCarrierLook } from '../carriers.ts';
import { NOTE_STATE_NAMES, VEHICLE_KIND_NAMES } from '../choices.ts';
import { CONFIGURATION_FIELDS } from '../configuration-fields.ts';
import { Choice, ModalDialog, Paragraphs, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

// The map is large; whoever types the place needs none.
const PointMap = lazy(async () => ({ default: (await import('./point-map.tsx')).PointMap }));

// The contract's limit: schemas stay out of the browser.
const LETTERS_MOST = 8_000;

interface NoteDialogProps {
  /** Null: a new one. */
  readonly note: Note | null;
  readonly onSaved: (note: Note) => void;
  readonly onClose: () => void;
}

/** As it is typed: texts, of which some become numbers or nothing. */
interface Draft {
  readonly title: string;
  readonly text: string;
  readonly state: Note['state'];
  readonly placeName: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly deviceModel: string;
  readonly carrierId: string;
  readonly vehicleKind: string;
  readonly layerId: string;
  readonly field: string;
}

function draftOf(note: Note | null): Draft {
  const point = note?.place?.point ?? null;
  return {
    title: note?.title ?? '',
    text: note?.text ?? '',
    state: note?.state ?? 'open',
    placeName: note?.place?.name ?? '',
    latitude: point === null ? '' : String(point.latitude),
    longitude: point === null ? '' : String(point.longitude),
    deviceModel: note?.deviceModel ?? '',
    carrierId: String(note?.carrierId ?? ''),
    vehicleKind: note?.vehicleKind ?? '',
    layerId: String(note?.layerId ?? ''),
    field: note?.field ?? '',
  };
}

const degrees = (text: string): number => Number(text.replace(',', '.'));

function writeOf(draft: Draft): NoteWrite {
  const { title, text, state, latitude, longitude, vehicleKind, field } = draft;
  const name = draft.placeName.trim() || null;
  const hasPoint = latitude.trim() !== '' && longitude.trim() !== '';
  const point = hasPoint ? { latitude: degrees(latitude), longitude: degrees(longitude) } : null;
  return {
    ...{ title, text: text.trim(), state },
    place: name === null && point === null ? null : { name, point },
    deviceModel: draft.deviceModel.trim() || null,
    carrierId: Number(draft.carrierId) || null,
    vehicleKind: VEHICLE_KIND_NAMES.find((one) => one === vehicleKind) ?? null,
    layerId: Number(draft.layerId) || null,
    field: CONFIGURATION_FIELDS.find((one) => one === field) ?? null,
  };
}

const NEW = { version: 0 };

export function NoteDialog({ note, onSaved, onClose }: NoteDialogProps) {
  const t = useWords();
  const write = useWrite<Note>(['/experience']);
  const { version } = useOpened(note ?? NEW, write.error);
  const [draft, setDraft] = useState(() => draftOf(note));
  const [key] = useState(() => crypto.randomUUID());
  const put = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = writeOf(draft);
    const call =
      note === null
        ? { path: '/experience', body, idempotencyKey: key }
        : { path: `/experience/${note.id}`, method: 'PUT' as const, body, version };
    write.mutate(call, { onSuccess: onSaved });
  };
  return (
    <ModalDialog title={note?.title ?? t('experience.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput
          label={t('experience.title')}
          value={draft.title}
          required
          onChange={(title) => put({ title })}
        />
        <Paragraphs
          label={t('experience.text')}
          hint={t('experience.textHint')}
          value={draft.text}
          rows={8}
          most={LETTERS_MOST}
          onChange={(text) => put({ text })}
        />
        <Choice
          label={t('experience.state')}
          value={draft.state}
          options={NOTE_STATE_NAMES.map((one) => ({ value: one, label: t(`noteState.${one}`) }))}
          onChange={(state) => put({ state })}
        />
        <About draft={draft} put={put} />
        <SaveFault error={write.error} />
        <div className="actions">
          <Button type="submit" loading={write.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly put: (part: Partial<Draft>) => void;
}

function About({ draft, put }: PartProps) {
  const t = useWords();
  const may = useMay();
  const look = useCarrierLook();
  const layers = useGet<Page<Layer>>(
    '/configuration/layers',
    { limit: 500 },
    { enabled: may('configuration.read') },
  );
  const none = { value: '', label: '–' };
  return (
    <fieldset className="parts">
      <legend>{t('experience.about')}</legend>
      <p className="quiet">{t('experience.aboutHint')}</p>
      <Place draft={draft} put={put} />
      <Choice
        label={t('column.carrier')}
        value={draft.carrierId}
        options={[none, ...look.all.map(({ id, name }) => ({ value: String(id), label: name }))]}
        onChange={(carrierId) => put({ carrierId })}
      />
      <TextInput
        label={t('experience.model')}
        value={draft.deviceModel}
        onChange={(deviceModel) => put({ deviceModel })}
      />
      <Choice
        label={t('experience.kind')}
        value={draft.vehicleKind}
        options={[
          none,
          ...VEHICLE_KIND_NAMES.map((one) => ({ value: one, label: t(`kind.${one}`) })),
        ]}
        onChange={(vehicleKind) => put({ vehicleKind })}
      />
      {layers.data !== undefined && (
        <Choice
          label={t('experience.layer')}
          value={draft.layerId}
          options={[
            none,
            ...layers.data.items.map(({ id, kind, name }) => ({
              value: String(id),
              label: `${t(`layer.${kind}`)}: ${name}`,
            })),
          ]}
          onChange={(layerId) => put({ layerId })}
        />
      )}
      <Choice
        label={t('experience.field')}
        value={draft.field}
        options={[
          none,
          ...CONFIGURATION_FIELDS.map((one) => ({ value: one, label: t(`setting.${one}`) })),
        ]}
        onChange={(field) => put({ field })}
      />
    </fieldset>
  );
}

const DEGREES = '-?[0-9]{1,3}([.,][0-9]+)?';

function Place({ draft, put }: PartProps) {
  const t = useWords();
  const { latitude, longitude } = draft;
  const [showsMap, setShowsMap] = useState(false);
  const isPoint = latitude !== '' && longitude !== '';
  return (
    <>
      <TextInput
        label={t('experience.placeName')}
        hint={t('experience.placeHint')}
        value={draft.placeName}
        onChange={(placeName) => put({ placeName })}
      />
      <div className="row">
        <TextInput
          label={t('experience.latitude')}
          value={latitude}
          pattern={DEGREES}
          hint={t('experience.pointHint')}
          required={longitude !== ''}
          grow
          onChange={(next) => put({ latitude: next })}
        />
        <TextInput
          label={t('experience.longitude')}
          value={longitude}
          pattern={DEGREES}
          required={latitude !== ''}
          grow
          onChange={(next) => put({ longitude: next })}
        />
      </div>
      {showsMap ? (
        <Suspense fallback={null}>
          <PointMap
            point={isPoint ? { latitude: degrees(latitude), longitude: degrees(longitude) } : null}
            onPoint={(point) =>
              put({ latitude: point.latitude.toFixed(5), longitude: point.longitude.toFixed(5) })
            }
          />
        </Suspense>
      ) : (
        <Button variant="secondary" onClick={() => setShowsMap(true)}>
          {t('page.map')}
        </Button>
      )}
    </>
  );
}
