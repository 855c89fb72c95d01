// Delivering one item: what stands on the box, on the card, or in the carrier's answer.

import { Button } from '@digdir/designsystemet-react';
import type { Fulfilled, OrderItem } from '@rmh/contract/api';
import { useState } from 'react';
import { useWrite } from '../api/api.ts';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

interface FulfilDialogProps {
  readonly item: OrderItem;
  readonly onClose: () => void;
}

export function FulfilDialog({ item, onClose }: FulfilDialogProps) {
  const t = useWords();
  // Of a unit; everything else is done when it is sent.
  const [made, setMade] = useState<{ token: string; serial: string } | null>(null);
  const title = t('order.deliverTitle', { name: item.name, vehicle: item.callSign });
  return (
    <ModalDialog title={title} open onClose={onClose}>
      {made === null ? (
        <FulfilForm
          item={item}
          onMade={({ token, item: { delivered } }) =>
            token === null ? onClose() : setMade({ token, serial: delivered ?? '' })
          }
        />
      ) : (
        <OnceShown secret={made.token} note={t('order.token', { serial: made.serial })} />
      )}
    </ModalDialog>
  );
}

interface FulfilFormProps {
  readonly item: OrderItem;
  readonly onMade: (fulfilled: Fulfilled) => void;
}

function FulfilForm({ item, onMade }: FulfilFormProps) {
  const t = useWords();
  const write = useWrite<Fulfilled>(['/orders', '/installations', '/units', '/subscriptions']);
  // One key a form: sent again after a lost answer, it delivers once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [text, setText] = useState('');
  const { kind } = item;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body =
      kind === 'vehicle-kit'
        ? { kind, serial: text, model: null }
        : kind === 'subscription'
          ? { kind, iccid: text.replaceAll(/\s/g, '') }
          : { kind, reference: text };
    const path = `/orders/${item.orderId}/items/${item.id}/fulfil`;
    write.mutate({ path, body, idempotencyKey }, { onSuccess: onMade });
  };
  return (
    <form className="form" onSubmit={submit}>
      {kind === 'subscription' ? (
        <TextInput
          label="ICCID"
          value={text}
          onChange={setText}
          hint={t('subscription.iccidHint')}
          pattern="(\s*\d){18,20}\s*"
          required
        />
      ) : (
        <TextInput
          label={t(kind === 'vehicle-kit' ? 'column.serial' : 'order.answer')}
          value={text}
          onChange={setText}
          required
        />
      )}
      {write.error !== null && <Fault error={write.error} />}
      <Button type="submit" loading={write.isPending}>
        {t('order.deliver')}
      </Button>
    </form>
  );
}
