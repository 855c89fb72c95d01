// One recipient: what it is told, trying it, switching it off and on, and its log.

import { Button } from '@digdir/designsystemet-react';
import type { Webhook } from '@rmh/contract/api';
import { useState } from 'react';
import { useOrganisations, useWrite } from '../api/api.ts';
import { ConfirmDialog } from '../parts/confirm.tsx';
import { Facts, Fault, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { Deliveries } from './deliveries.tsx';
import { addressIn, RecipientDialog, wayOf } from './recipient-dialog.tsx';
import { RecipientState } from './recipient-marks.tsx';
import { RecipientTest } from './recipient-test.tsx';

interface RecipientDetailProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

export function RecipientDetail({ webhook, onClose }: RecipientDetailProps) {
  const t = useWords();
  return (
    <Panel
      title={webhook.name}
      className="detail"
      tools={
        <Button variant="tertiary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      <RecipientState webhook={webhook} />
      <RecipientFacts webhook={webhook} />
      <RecipientActions webhook={webhook} onGone={onClose} />
      <Deliveries of={webhook.id} />
    </Panel>
  );
}

function RecipientFacts({ webhook }: { readonly webhook: Webhook }) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const { kinds, organisationId, target, leastSeverity } = webhook;
  return (
    <Facts
      of={[
        [t(`way.${wayOf(target)}`), addressIn(target)],
        [t('recipient.about'), tree?.find(({ id }) => id === organisationId)?.name ?? '–'],
        [t('recipient.least'), t(`severity.${leastSeverity}`)],
        [
          t('recipient.kinds'),
          kinds.length === 0
            ? t('recipient.allKinds')
            : kinds.map((kind) => t(`alarmKind.${kind}`)).join(', '),
        ],
      ]}
    />
  );
}

interface RecipientActionsProps {
  readonly webhook: Webhook;
  readonly onGone: () => void;
}

function RecipientActions({ webhook, onGone }: RecipientActionsProps) {
  const t = useWords();
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const write = useWrite(['/webhooks']);
  const { id, version, organisationId: _, restingUntil: __, ...told } = webhook;
  const path = `/webhooks/${id}`;
  const toggle = (): void => {
    const body = { ...told, enabled: !webhook.enabled };
    write.mutate({ path, method: 'PUT', body, version });
  };
  const remove = (): void =>
    write.mutate({ path, method: 'DELETE', version }, { onSuccess: onGone });
  const close = (): void => setOpen(null);
  return (
    <>
      <RecipientTest webhook={webhook}>
        <Button variant="secondary" onClick={() => setOpen('edit')}>
          {t('action.change')}
        </Button>
        <Button variant="secondary" loading={write.isPending && open === null} onClick={toggle}>
          {t(webhook.enabled ? 'action.switchOff' : 'action.switchOn')}
        </Button>
        <Button variant="secondary" data-color="danger" onClick={() => setOpen('remove')}>
          {t('action.delete')}
        </Button>
      </RecipientTest>
      {write.error !== null && open === null && <Fault error={write.error} />}
      {open === 'edit' && <RecipientDialog webhook={webhook} onClose={close} />}
      {open === 'remove' && (
        <ConfirmDialog
          title={t('recipient.removeTitle', { name: webhook.name })}
          what={t('recipient.removeWhat')}
          action={t('action.delete')}
          pending={write.isPending}
          error={write.error}
          onConfirm={remove}
          onClose={close}
        />
      )}
    </>
  );
}
