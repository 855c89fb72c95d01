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

export type OpenSubscription =
  | { readonly kind: 'edit'; readonly id: number | null }
  | { readonly kind: 'remove'; readonly one: Subscription };

export function Subscriptions({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  const list = useGet<Page<Subscription>>('/subscriptions', { vehicleId: vehicle.id });
  const [open, setOpen] = useState<OpenSubscription | null>(null);
  const close = (): void => setOpen(null);
  const find = (id: number | null) => list.data?.items.find((one) => one.id === id) ?? null;
  return (
    <>
      <Answer of={list}>
        {({ items }) => (
          <SubscriptionTable
            items={items}
            empty={t('vehicle.noSubscriptions')}
            captionShown
            onOpen={may('vehicle.write') ? setOpen : null}
          />
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
      {open?.kind === 'remove' && <RemoveSubscription subscription={open.one} onClose={close} />}
    </>
  );
}

interface SubscriptionTableProps {
  readonly items: readonly Subscription[];
  readonly empty: string;
  readonly captionShown?: boolean;
  /** What is said beside the card itself. */
  readonly more?: readonly Column<Subscription>[];
  /** Null: for reading only. */
  readonly onOpen: ((open: OpenSubscription) => void) | null;
}

export function SubscriptionTable(props: SubscriptionTableProps) {
  const { items, empty, captionShown = false, more = [], onOpen } = props;
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
        <div className="row-actions">
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
        </div>
      );
    },
  };
  return (
    <DataTable
      caption={t('vehicle.subscriptions')}
      captionShown={captionShown}
      rows={items}
      rowKey={({ id }) => id}
      empty={empty}
      columns={[
        {
          key: 'carrier',
          head: t('column.carrier'),
          names: true,
          cell: ({ carrierId }) => nameOf(carrierId),
        },
        { key: 'iccid', head: 'ICCID', cell: ({ iccid }) => <code>{iccid}</code> },
        ...more,
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

interface RemoveProps {
  readonly subscription: Subscription;
  readonly onClose: () => void;
}

export function RemoveSubscription({ subscription, onClose }: RemoveProps) {
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
