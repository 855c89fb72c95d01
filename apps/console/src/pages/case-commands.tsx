// What may be done with a case now. What the carrier does asks for its own number; what takes back
// or gives up asks why.
import { Button } from '@digdir/designsystemet-react';
import type { CarrierCase, CaseCommand } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

const NEEDS_REASON: readonly CaseCommand[] = ['reopen', 'withdraw'];
const ASKS: readonly CaseCommand[] = [...NEEDS_REASON, 'acknowledge', 'progress', 'resolve'];

export function CaseCommands({ one }: { readonly one: CarrierCase }) {
  const t = useWords();
  const write = useWrite<CarrierCase>(['/carrier-cases']);
  const [asked, ask] = useState<CaseCommand | null>(null);
  const [reason, setReason] = useState('');
  const [reference, setReference] = useState('');
  const send = (command: CaseCommand): void =>
    write.mutate(
      {
        path: `/carrier-cases/${one.id}/command`,
        body: {
          command,
          reason: reason.trim() === '' ? null : reason.trim(),
          reference: reference.trim() === '' ? null : reference.trim(),
        },
        version: one.version,
        idempotencyKey: crypto.randomUUID(),
      },
      {
        onSuccess: () => {
          ask(null);
          setReason('');
          setReference('');
        },
      },
    );
  return (
    <div className="actions">
      {one.commands.map((command) => (
        <Button
          key={command}
          variant="secondary"
          loading={write.isPending}
          {...(command === 'withdraw' && { 'data-color': 'danger' as const })}
          onClick={() => (ASKS.includes(command) ? ask(command) : send(command))}
        >
          {t(`caseCommand.${command}`)}
        </Button>
      ))}
      {write.error !== null && asked === null && <Fault error={write.error} />}
      {asked !== null && (
        <ModalDialog title={t(`caseCommand.${asked}`)} open onClose={() => ask(null)}>
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              send(asked);
            }}
          >
            {!NEEDS_REASON.includes(asked) && (
              <TextInput
                label={t('case.referenceOptional')}
                value={reference}
                onChange={setReference}
              />
            )}
            <TextInput
              label={t(NEEDS_REASON.includes(asked) ? 'order.why' : 'case.said')}
              value={reason}
              onChange={setReason}
              required={NEEDS_REASON.includes(asked)}
            />
            {write.error !== null && <Fault error={write.error} />}
            <Button type="submit" loading={write.isPending}>
              {t(`caseCommand.${asked}`)}
            </Button>
          </form>
        </ModalDialog>
      )}
    </div>
  );
}
