// A broken unit gives way to another one: the vehicle keeps its addresses, its history and its own
// configuration.

import { Button } from '@digdir/designsystemet-react';
import type { Unit } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

interface ReplaceDialogProps {
  readonly unit: Unit;
  readonly onClose: () => void;
}

/**
 * Lives outside of what is shown of the unit: that is another unit's the moment it succeeds, and
 * the token would be gone unread.
 */
export function ReplaceDialog({ unit, onClose }: ReplaceDialogProps) {
  const t = useWords();
  const [serial, setSerial] = useState('');
  const [model, setModel] = useState(unit.model ?? '');
  const [reason, setReason] = useState('');
  const replace = useWrite<{ token: string }>(['/units', '/vehicles']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      serial: serial.trim(),
      model: model.trim() === '' ? null : model.trim(),
      reason,
    };
    replace.mutate({ path: `/units/${unit.id}/replace`, body });
  };
  return (
    <ModalDialog title={t('unit.replaceTitle', { serial: unit.serial })} open onClose={onClose}>
      {replace.data !== undefined ? (
        <OnceShown secret={replace.data.token} note={t('unit.tokenOnce', { serial })} />
      ) : (
        <form className="form" onSubmit={submit}>
          <p>{t('unit.replaceWhat')}</p>
          <TextInput label={t('unit.newSerial')} value={serial} onChange={setSerial} required />
          <TextInput label={t('column.model')} value={model} onChange={setModel} />
          <TextInput label={t('word.reason')} value={reason} onChange={setReason} required />
          {replace.error !== null && <Fault error={replace.error} />}
          <Button type="submit" data-color="danger" loading={replace.isPending}>
            {t('unit.replace')}
          </Button>
        </form>
      )}
    </ModalDialog>
  );
}
