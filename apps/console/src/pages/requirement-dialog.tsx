// A new requirement, or a new version of one. The check is built from facts; no code is written.
import { Button } from '@digdir/designsystemet-react';
import type { Comparison, Note, Requirement, RequirementCreate } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { REQUIREMENT_AREA_NAMES, REQUIREMENT_LEVEL_NAMES } from '../choices.ts';
import { Choice, ModalDialog, Segments, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';
import { ComparisonRows } from './requirement-comparisons.tsx';

interface RequirementDialogProps {
  /** Null: a new one. */
  readonly requirement: Requirement | null;
  /** The note that a new one is made of. */
  readonly note?: Note;
  readonly onClose: () => void;
}

const FIRST: Comparison = { fact: 'carriersFitted', is: 'at-least', value: 2 };

const empty = (): Requirement => ({
  id: 0,
  code: '',
  version: 0,
  versionInForce: null,
  nb: { title: '', text: '' },
  en: { title: '', text: '' },
  area: 'service',
  source: '',
  binds: 'vehicle',
  bindsFrom: new Date().toISOString().slice(0, 10),
  bindsUntil: null,
  check: { need: 'all', comparisons: [FIRST] },
});

/** A requirement's text is one paragraph, shorter than a note may be; a person makes it fit. */
function textsOf({ title, text }: Note): Pick<Requirement, 'nb' | 'en'> {
  const words = { title, text: text.replaceAll(/\s+/g, ' ').slice(0, TEXT_MOST) };
  return { nb: words, en: words };
}
// As the contract takes it.
const TEXT_MOST = 4_000;

export function RequirementDialog({ requirement, note: from, onClose }: RequirementDialogProps) {
  const t = useWords();
  const write = useWrite<Requirement>(['/requirements', '/compliance', '/experience']);
  const source =
    from === undefined ? '' : t('experience.source', { n: from.id, title: from.title });
  const begun = requirement ?? { ...empty(), ...(from && textsOf(from)), source };
  const { opened, version } = useOpened(begun, write.error);
  const [draft, setDraft] = useState(opened);
  const [note, setNote] = useState('');
  const put = (part: Partial<Requirement>): void => setDraft({ ...draft, ...part });
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const { nb, en, area, source, binds, bindsFrom, bindsUntil, check, code } = draft;
    const content = { nb, en, area, source, binds, bindsFrom, bindsUntil, check, note };
    if (requirement === null) {
      const noteId = from === undefined ? {} : { noteId: from.id };
      const body: RequirementCreate = { ...content, code, ...noteId };
      write.mutate({ path: '/requirements', body }, { onSuccess: onClose });
    } else {
      const path = `/requirements/${requirement.id}`;
      write.mutate({ path, method: 'PUT', body: content, version }, { onSuccess: onClose });
    }
  };
  const title =
    requirement === null ? t('requirements.new') : `${requirement.code} ${t('action.change')}`;
  return (
    <ModalDialog title={title} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        {requirement === null && (
          <TextInput
            label={t('requirements.code')}
            value={draft.code}
            required
            pattern="[A-ZÆØÅ]{1,6}-[0-9]{2,4}"
            hint={t('requirements.codeHint')}
            onChange={(code) => put({ code })}
          />
        )}
        <Texts draft={draft} put={put} />
        <Binding draft={draft} put={put} />
        <ComparisonRows
          level={draft.binds}
          comparisons={draft.check.comparisons}
          onChange={(comparisons) => put({ check: { ...draft.check, comparisons } })}
        />
        {draft.check.comparisons.length > 1 && (
          <Segments
            label={t('requirements.need')}
            value={draft.check.need}
            options={[
              { value: 'all', label: t('need.all') },
              { value: 'any', label: t('need.any') },
            ]}
            onChange={(need) => put({ check: { ...draft.check, need } })}
          />
        )}
        <TextInput label={t('word.reason')} value={note} required onChange={setNote} />
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
  readonly draft: Requirement;
  readonly put: (part: Partial<Requirement>) => void;
}

function Texts({ draft, put }: PartProps) {
  const t = useWords();
  return (['nb', 'en'] as const).map((language) => (
    <fieldset key={language} className="parts">
      <legend>{t(`requirements.in.${language}`)}</legend>
      <TextInput
        label={t('requirements.title')}
        value={draft[language].title}
        required
        onChange={(title) => put({ [language]: { ...draft[language], title } })}
      />
      <TextInput
        label={t('requirements.text')}
        value={draft[language].text}
        required
        onChange={(text) => put({ [language]: { ...draft[language], text } })}
      />
    </fieldset>
  ));
}

function Binding({ draft, put }: PartProps) {
  const t = useWords();
  return (
    <>
      <Choice
        label={t('requirements.area')}
        value={draft.area}
        options={REQUIREMENT_AREA_NAMES.map((one) => ({ value: one, label: t(`area.${one}`) }))}
        onChange={(area) => put({ area })}
      />
      <TextInput
        label={t('requirements.source')}
        value={draft.source}
        required
        onChange={(source) => put({ source })}
      />
      <Choice
        label={t('requirements.binds')}
        value={draft.binds}
        options={REQUIREMENT_LEVEL_NAMES.map((one) => ({ value: one, label: t(`binds.${one}`) }))}
        onChange={(binds) => put({ binds })}
      />
      <TextInput
        label={t('requirements.from')}
        type="date"
        value={draft.bindsFrom}
        required
        onChange={(bindsFrom) => put({ bindsFrom })}
      />
      <TextInput
        label={t('requirements.until')}
        type="date"
        value={draft.bindsUntil ?? ''}
        hint={t('requirements.untilHint')}
        onChange={(day) => put({ bindsUntil: day === '' ? null : day })}
      />
    </>
  );
}
