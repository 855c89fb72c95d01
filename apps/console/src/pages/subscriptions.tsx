// The subscriptions in one vehicle: who carries it, with which card, and with which right of way.

import { Button } from '@digdir/designsystemet-react';
import type { Page, Subscription, Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useCarriers, useGet, useMay, useWrite } from '../api/api.ts';
import { ConfirmDialog } from '../parts/confirm.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { SubscriptionDialog } from './subscription-dialog.tsx';

type Open =
  | { readonly kind: 'edit'; readonly id: number | null }
  | { readonly kind: 'remove'; readonly one: Subscription };

export function Subscriptions({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  const list = useGet<Page<Subscription>>('/subscriptions', { vehicleId: vehicle.id });
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  const find = (id: number | null) => list.data?.items.find((one) => one.id === id) ?? null;
  return (
    <>
      <Answer of={list}>
        {({ items }) => (
          <SubscriptionTable items={items} onOpen={may('vehicle.write') ? setOpen : null} />
        )}
      </Answer>
      {may('vehicle.write') && (
        <div className="actions">
          <Button variant="secondary" onClick={() => setOpen({ kind: 'edit', id: null })}>
            {t('subscription.new')}
          </Button>
        </div>
      )}
      {open?.kind === 'edit' && (
        <SubscriptionDialog vehicle={vehicle} subscription={find(open.id)} onClose={close} />
      )}
      {open?.kind === 'remove' && <RemoveDialog subscription={open.one} onClose={close} />}
    </>
  );
}

interface SubscriptionTableProps {
  readonly items: readonly Subscription[];
  /** Null: for reading only. */
  readonly onOpen: ((open: Open) => void) | null;
}

function SubscriptionTable({ items, onOpen }: SubscriptionTableProps) {
  const t = useWords();
  const { data: carriers } = useCarriers();
  const nameOf = (carrierId: number) => carriers?.find(({ id }) => id === carrierId)?.name ?? '–';
  const actions: Column<Subscription> = {
    key: 'actions',
    head: <span className="unseen">{t('column.action')}</span>,
    tight: true,
    cell: (one) => {
      const whose = `${nameOf(one.carrierId)} ${one.iccid}`;
      return (
        <>
          <Button
            variant="tertiary"
            aria-label={`${t('action.change')}: ${whose}`}
            onClick={() => onOpen?.({ kind: 'edit', id: one.id })}
          >
            {t('action.change')}
          </Button>
          <Button
            variant="tertiary"
            data-color="danger"
            aria-label={`${t('action.remove')}: ${whose}`}
            onClick={() => onOpen?.({ kind: 'remove', one })}
          >
            {t('action.remove')}
          </Button>
        </>
      );
    },
  };
  return (
    <DataTable
      caption={t('vehicle.subscriptions')}
      captionShown
      rows={items}
      rowKey={({ id }) => id}
      empty={t('vehicle.noSubscriptions')}
      columns={[
        {
          key: 'carrier',
          head: t('column.carrier'),
          names: true,
          cell: ({ carrierId }) => nameOf(carrierId),
        },
        { key: 'iccid', head: 'ICCID', cell: ({ iccid }) => <code>{iccid}</code> },
        {
          key: 'priority',
          head: t('column.priority'),
          cell: ({ priority }) => t(priority ? 'word.yes' : 'word.no'),
        },
        ...(onOpen === null ? [] : [actions]),
      ]}
    />
  );
}

interface RemoveDialogProps {
  readonly subscription: Subscription;
  readonly onClose: () => void;
}

function RemoveDialog({ subscription, onClose }: RemoveDialogProps) {
  const t = useWords();
  const { id, version, iccid } = subscription;
  const remove = useWrite(['/subscriptions']);
  const onConfirm = (): void =>
    remove.mutate(
      { path: `/subscriptions/${id}`, method: 'DELETE', version },
      { onSuccess: onClose },
    );
  return (
    <ConfirmDialog
      title={t('subscription.removeTitle', { iccid })}
      what={t('subscription.removeWhat')}
      action={t('action.remove')}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
