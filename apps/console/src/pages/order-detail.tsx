// One order: what may be done with it, what it holds, what each trust pays, what has happened.

import { Button } from '@digdir/designsystemet-react';
import type { CostShare, Order, OrderChange, OrderCommand, OrderItem } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, usePages, useWrite } from '../api/api.ts';
import { kroneText, timeText } from '../format.ts';
import { ChangeHistory } from '../parts/change-history.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Facts, Fault, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CostTable } from './cost-table.tsx';
import { FulfilDialog } from './fulfil-dialog.tsx';
import { OrderMark } from './order-mark.tsx';

interface OrderDetailProps {
  readonly orderId: number;
  readonly onClose: () => void;
}

export function OrderDetail({ orderId, onClose }: OrderDetailProps) {
  const t = useWords();
  const order = useGet<Order>(`/orders/${orderId}`);
  return (
    <Panel
      title={t('order.title', { n: orderId })}
      tools={
        <Button variant="tertiary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      <Answer of={order}>{(found) => <OrderBody order={found} />}</Answer>
    </Panel>
  );
}

function OrderBody({ order }: { readonly order: Order }) {
  const t = useWords();
  const language = useLanguage();
  const costs = usePages<CostShare>(`/orders/${order.id}/costs`);
  const { placedBy: name, placedAt, note } = order;
  return (
    <>
      <Facts
        of={[
          [t('column.state'), <OrderMark key="state" state={order.state} />],
          [t('order.reference'), order.reference ?? '–'],
          [
            t('order.placedAt'),
            t('order.by', { name, at: timeText(language, 'dayClock', placedAt) }),
          ],
          [
            t('order.wantedBy'),
            order.wantedBy === null ? '–' : timeText(language, 'date', order.wantedBy),
          ],
          [t('order.once'), kroneText(language, order.onceOre)],
          [t('order.monthly'), kroneText(language, order.monthlyOre)],
        ]}
      />
      {note !== '' && <p>{note}</p>}
      <Commands order={order} />
      <h3>{t('order.costs')}</h3>
      <Answer of={{ data: costs.items, error: costs.error }}>
        {(shares) => <CostTable shares={shares} />}
      </Answer>
      <h3>{t('order.content')}</h3>
      <Items order={order} />
      <h3>{t('order.history')}</h3>
      <History orderId={order.id} />
    </>
  );
}

const DANGEROUS: readonly OrderCommand[] = ['reject', 'cancel'];

function Commands({ order }: { readonly order: Order }) {
  const t = useWords();
  const may = useMay();
  const write = useWrite<Order>(['/orders', '/installations']);
  const [asked, ask] = useState<OrderCommand | null>(null);
  const [reason, setReason] = useState('');
  const commands = order.commands.filter((one) =>
    may(one === 'cancel' ? 'order.write' : 'order.handle'),
  );
  const send = (command: OrderCommand, why: string | null): void =>
    write.mutate(
      {
        path: `/orders/${order.id}/${command === 'cancel' ? 'cancel' : 'command'}`,
        body: { ...(command !== 'cancel' && { command }), reason: why, itemIds: null },
        version: order.version,
        idempotencyKey: crypto.randomUUID(),
      },
      {
        onSuccess: () => {
          ask(null);
          setReason('');
        },
      },
    );
  return (
    <div className="actions">
      {commands.map((command) => (
        <Button
          key={command}
          variant="secondary"
          loading={write.isPending}
          {...(DANGEROUS.includes(command) && { 'data-color': 'danger' as const })}
          onClick={() =>
            [...DANGEROUS, 'hold'].includes(command) ? ask(command) : send(command, null)
          }
        >
          {t(`orderCommand.${command}`)}
        </Button>
      ))}
      {write.error !== null && asked === null && <Fault error={write.error} />}
      {asked !== null && (
        <ModalDialog title={t(`orderCommand.${asked}`)} open onClose={() => ask(null)}>
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              send(asked, reason);
            }}
          >
            <TextInput label={t('order.why')} value={reason} onChange={setReason} required />
            {write.error !== null && <Fault error={write.error} />}
            <Button type="submit" loading={write.isPending}>
              {t(`orderCommand.${asked}`)}
            </Button>
          </form>
        </ModalDialog>
      )}
    </div>
  );
}

function Items({ order }: { readonly order: Order }) {
  const t = useWords();
  const may = useMay();
  const items = usePages<OrderItem>(`/orders/${order.id}/items`);
  const [delivering, deliver] = useState<OrderItem | null>(null);
  return (
    <>
      <Answer of={{ data: items.items, error: items.error }}>
        {(rows) => (
          <DataTable
            caption={t('order.content')}
            rows={rows}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'vehicle',
                head: t('column.vehicle'),
                names: true,
                cell: ({ callSign }) => callSign,
              },
              { key: 'what', head: t('column.what'), cell: ({ name }) => name },
              {
                key: 'state',
                head: t('column.state'),
                tight: true,
                cell: ({ state }) => <OrderMark state={state} />,
              },
              {
                key: 'delivered',
                head: t('order.delivered'),
                cell: (item) =>
                  item.state === 'in-progress' && may('order.handle') ? (
                    <Button
                      variant="tertiary"
                      aria-label={t('order.deliverTitle', {
                        name: item.name,
                        vehicle: item.callSign,
                      })}
                      onClick={() => deliver(item)}
                    >
                      {t('order.deliver')}
                    </Button>
                  ) : (
                    (item.delivered ?? '–')
                  ),
              },
            ]}
          />
        )}
      </Answer>
      <More of={items} />
      {delivering !== null && (
        <FulfilDialog key={delivering.id} item={delivering} onClose={() => deliver(null)} />
      )}
    </>
  );
}

function History({ orderId }: { readonly orderId: number }) {
  const t = useWords();
  return (
    <ChangeHistory<OrderChange>
      path={`/orders/${orderId}/changes`}
      caption={t('order.history')}
      told={({ command, to, actor }) => ({
        what: t(`orderCommand.${command ?? 'place'}`),
        state: t(`order.${to}`),
        who: actor,
      })}
    />
  );
}
