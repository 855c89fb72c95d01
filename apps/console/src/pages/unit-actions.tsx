// Inviting a unit with a token that works once, replacing one, new keys, and shutting one out.

import { Button } from '@digdir/designsystemet-react';
import type { Unit } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, useWrite } from '../api/api.ts';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

interface UnitActionsProps {
  readonly unit: Unit;
  /** The dialog for it is the caller's, and stays while this part goes with its unit. */
  readonly onReplace: () => void;
  readonly onChange?: () => void;
}

export function UnitActions({ unit, onReplace, onChange }: UnitActionsProps) {
  const t = useWords();
  const may = useMay();
  const [revoking, setRevoking] = useState(false);
  const invite = useWrite<{ token: string }>(['/units']);
  return (
    <div className="actions">
      {onChange !== undefined && (
        <Button variant="secondary" onClick={onChange}>
          {t('action.change')}
        </Button>
      )}
      <Button
        variant="secondary"
        loading={invite.isPending}
        onClick={() =>
          invite.mutate({
            path: `/units/${unit.id}/enrolment-tokens`,
            body: {},
            idempotencyKey: crypto.randomUUID(),
          })
        }
      >
        {t('unit.invite')}
      </Button>
      {unit.vehicleId !== null && (
        <Button variant="secondary" onClick={onReplace}>
          {t('unit.replace')}
        </Button>
      )}
      {may('unit.revoke') && unit.state === 'enrolled' && (
        <Button variant="secondary" data-color="danger" onClick={() => setRevoking(true)}>
          {t('unit.revoke')}
        </Button>
      )}
      {invite.error !== null && <Fault error={invite.error} />}
      {invite.data !== undefined && (
        <OnceShown secret={invite.data.token} note={t('unit.tokenOnce', { serial: unit.serial })} />
      )}
      <RevokeDialog unit={unit} open={revoking} onClose={() => setRevoking(false)} />
    </div>
  );
}

interface RevokeDialogProps {
  readonly unit: Unit;
  readonly open: boolean;
  readonly onClose: () => void;
}

function RevokeDialog({ unit, open, onClose }: RevokeDialogProps) {
  const t = useWords();
  const [reason, setReason] = useState('');
  const revoke = useWrite(['/units', '/vehicles']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    revoke.mutate(
      { path: `/units/${unit.id}/revoke`, body: { reason }, version: unit.version },
      { onSuccess: onClose },
    );
  };
  return (
    <ModalDialog
      title={t('unit.revokeTitle', { serial: unit.serial })}
      open={open}
      onClose={onClose}
    >
      <form onSubmit={submit} className="form">
        <p>{t('unit.revokeWhat')}</p>
        <TextInput label={t('word.reason')} value={reason} onChange={setReason} required />
        {revoke.error !== null && <Fault error={revoke.error} />}
        <Button type="submit" data-color="danger" loading={revoke.isPending}>
          {t('unit.revoke')}
        </Button>
      </form>
    </ModalDialog>
  );
}
