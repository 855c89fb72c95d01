// Ordering: what was ordered and how it goes, vehicles on their way through the garage, and what
// can be ordered at all.

import type { Order } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useMay, useOrganisations, usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { kroneText, timeText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, PageFrame } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { Catalogue } from './catalogue.tsx';
import { Installations } from './installations.tsx';
import { OrderDetail } from './order-detail.tsx';
import { OrderMark } from './order-mark.tsx';

const VIEWS = ['orders', 'installations', 'catalogue'] as const;
// Orders move in hours.
const EVERY_MS = 30_000;

export function OrdersPage() {
  const t = useWords();
  const may = useMay();
  const [filters, change] = useFilters();
  const view = VIEWS.find((name) => name === filters['view']) ?? 'orders';
  return (
    <PageFrame
      title={t('page.orders')}
      tools={
        <>
          <Segments
            label={t('alarms.view')}
            value={view}
            options={VIEWS.map((name) => ({ value: name, label: t(`orders.${name}`) }))}
            onChange={(next) =>
              change({ view: next === 'orders' ? undefined : next, order: undefined })
            }
          />
          {view !== 'catalogue' && (
            <OrganisationChoice
              value={filters['organisationId'] ?? ''}
              onChange={(organisationId) => change({ organisationId })}
            />
          )}
          {may('order.write') && (
            <Link to="/orders/new" className="plain-button">
              {t('orders.new')}
            </Link>
          )}
        </>
      }
    >
      {view === 'orders' && <OrderList />}
      {view === 'installations' && <Installations />}
      {view === 'catalogue' && <Catalogue />}
    </PageFrame>
  );
}

function OrderList() {
  const [filters, change] = useFilters();
  const query = { organisationId: filters['organisationId'] };
  const list = usePages<Order>('/orders', query, EVERY_MS);
  const chosenId = Number(filters['order'] ?? 0);
  return (
    <div className={chosenId > 0 ? 'with-detail' : undefined}>
      <div>
        <Answer of={{ data: list.items, error: list.error }}>
          {(orders) => (
            <OrderTable
              orders={orders}
              chosenId={chosenId}
              onChoose={(id) => change({ order: id === chosenId ? undefined : String(id) })}
            />
          )}
        </Answer>
        <More of={list} />
      </div>
      {chosenId > 0 && (
        <OrderDetail
          key={chosenId}
          orderId={chosenId}
          onClose={() => change({ order: undefined })}
        />
      )}
    </div>
  );
}

interface OrderTableProps {
  readonly orders: readonly Order[];
  readonly chosenId: number;
  readonly onChoose: (id: number) => void;
}

function OrderTable({ orders, chosenId, onChoose }: OrderTableProps) {
  const t = useWords();
  const language = useLanguage();
  const { data: tree } = useOrganisations();
  const organisations = new Map(tree?.map(({ id, shortName }) => [id, shortName]));
  return (
    <DataTable
      caption={t('orders.orders')}
      rows={orders}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosenId}
      empty={<p>{t('orders.none')}</p>}
      columns={[
        {
          key: 'order',
          head: t('column.what'),
          names: true,
          cell: ({ id, reference }) => (
            <button
              type="button"
              className="link"
              aria-expanded={id === chosenId}
              onClick={() => onChoose(id)}
            >
              {t('order.title', { n: id })}
              {reference !== null && ` · ${reference}`}
            </button>
          ),
        },
        {
          key: 'state',
          head: t('column.state'),
          tight: true,
          cell: ({ state }) => <OrderMark state={state} />,
        },
        {
          key: 'where',
          head: t('order.buyer'),
          cell: ({ organisationId }) => organisations.get(organisationId) ?? '–',
        },
        {
          key: 'vehicles',
          head: t('order.vehicles'),
          numeric: true,
          cell: ({ vehicles }) => vehicles,
        },
        {
          key: 'done',
          head: t('order.itemsDone'),
          tight: true,
          cell: ({ itemsCompleted, items }) =>
            t('order.doneOf', { done: itemsCompleted, all: items }),
        },
        {
          key: 'once',
          head: t('order.once'),
          numeric: true,
          spare: true,
          cell: ({ onceOre }) => kroneText(language, onceOre),
        },
        {
          key: 'placed',
          head: t('order.placedAt'),
          tight: true,
          spare: true,
          cell: ({ placedAt }) => timeText(language, 'day', placedAt),
        },
      ]}
    />
  );
}
