// A new organisation, or another name or number of one; its place in the tree stays.

import { Button } from '@digdir/designsystemet-react';
import type { Organisation } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { ORGANISATION_KIND_NAMES } from '../choices.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

const NEW = {
  id: 0,
  parentId: null,
  kind: 'station',
  name: '',
  shortName: '',
  orgNumber: null,
  version: 0,
} as const satisfies Organisation;

interface OrganisationDialogProps {
  /** Null: a new one. */
  readonly organisation: Organisation | null;
  readonly onClose: () => void;
}

export function OrganisationDialog({ organisation, onClose }: OrganisationDialogProps) {
  const t = useWords();
  return (
    <ModalDialog title={organisation?.name ?? t('organisation.new')} open onClose={onClose}>
      <OrganisationForm now={organisation ?? NEW} onDone={onClose} />
    </ModalDialog>
  );
}

interface OrganisationFormProps {
  readonly now: Organisation;
  readonly onDone: () => void;
}

function OrganisationForm({ now, onDone }: OrganisationFormProps) {
  const t = useWords();
  const write = useWrite(['/organisations']);
  const { opened, version } = useOpened(now, write.error);
  const [parentId, setParent] = useState(String(opened.parentId ?? ''));
  const [kind, setKind] = useState<Organisation['kind']>(opened.kind);
  const [name, setName] = useState(opened.name);
  const [shortName, setShortName] = useState(opened.shortName);
  const [number, setNumber] = useState(opened.orgNumber ?? '');
  const isNew = opened.id === 0;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const orgNumber = number.trim() === '' ? null : number.replaceAll(/\s/g, '');
    const body = { name, shortName, orgNumber };
    write.mutate(
      isNew
        ? { path: '/organisations', body: { ...body, parentId: Number(parentId), kind } }
        : { path: `/organisations/${opened.id}`, method: 'PUT', body, version },
      { onSuccess: onDone },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      {isNew && (
        <>
          <OrganisationChoice
            one
            label={t('organisation.under')}
            value={parentId}
            onChange={setParent}
          />
          <Choice
            label={t('column.kind')}
            value={kind}
            options={ORGANISATION_KIND_NAMES.filter((one) => one !== 'national').map((one) => ({
              value: one,
              label: t(`organisation.${one}`),
            }))}
            onChange={setKind}
          />
        </>
      )}
      <TextInput label={t('column.name')} value={name} onChange={setName} required />
      <TextInput label={t('column.shortName')} value={shortName} onChange={setShortName} required />
      <TextInput
        label={t('column.orgNumber')}
        hint={t('organisation.numberHint')}
        pattern="(\s*\d){9}\s*"
        value={number}
        onChange={setNumber}
      />
      <SaveFault
        error={write.error}
        fields={[
          [t('column.name'), opened.name, now.name],
          [t('column.shortName'), opened.shortName, now.shortName],
          [t('column.orgNumber'), opened.orgNumber ?? '–', now.orgNumber ?? '–'],
        ]}
      />
      <Button type="submit" loading={write.isPending} disabled={isNew && parentId === ''}>
        {t('action.save')}
      </Button>
    </form>
  );
}
