// TMF641's words and ours. docs/ordering.md has the table.
import type {
  Order,
  OrderItem,
  OrderItemState,
  OrderState,
  TmfOrder,
  TmfOrderItem,
  TmfOrderState,
  TmfOrderWrite,
} from '@rmh/contract/api';
import { TMF641_BASE } from '@rmh/contract/api';

const STATES: Readonly<Record<OrderState, TmfOrderState>> = {
  // Theirs: received and valid. With us a person says so too; to a procurement system both are it.
  placed: 'acknowledged',
  acknowledged: 'acknowledged',
  'in-progress': 'inProgress',
  // Some of it is delivered and the rest is under way. Their `partial` is an end; this is none.
  partial: 'inProgress',
  held: 'held',
  completed: 'completed',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

/** An order that ended with some of its items delivered and others not is `partial` there. */
export function tmfStateOf({ state, items, itemsCompleted }: Order): TmfOrderState {
  return state === 'completed' && itemsCompleted < items ? 'partial' : STATES[state];
}

/** Which of our orders answer to a state of theirs; `wholly`: delivered to the last item or not. */
export function filterFor(state: TmfOrderState): {
  readonly states: readonly OrderState[];
  readonly wholly: boolean | null;
} {
  if (state === 'partial') return { states: ['completed'], wholly: false };
  const states = (Object.keys(STATES) as OrderState[]).filter((own) => STATES[own] === state);
  return { states, wholly: state === 'completed' ? true : null };
}

const itemState = (state: OrderItemState): TmfOrderState => STATES[state];

export interface Specification {
  readonly code: string;
  readonly revision: number;
}

export function tmfOrder(
  order: Order,
  items: readonly OrderItem[],
  specifications: ReadonlyMap<number, Specification>,
): TmfOrder {
  const { id, reference, note, placedAt, wantedBy, organisationId } = order;
  return {
    id: String(id),
    href: `${TMF641_BASE}/serviceOrder/${id}`,
    '@type': 'ServiceOrder',
    ...(reference !== null && { externalId: reference }),
    ...(note !== '' && { description: note }),
    state: tmfStateOf(order),
    orderDate: placedAt,
    ...(wantedBy !== null && { requestedCompletionDate: `${wantedBy}T00:00:00.000Z` }),
    relatedParty: [
      {
        '@type': 'RelatedParty',
        id: String(organisationId),
        role: 'buyer',
        '@referredType': 'Organization',
      },
    ],
    serviceOrderItem: items.map((item) => tmfItem(item, specifications)),
  };
}

function tmfItem(
  item: OrderItem,
  specifications: ReadonlyMap<number, Specification>,
): TmfOrderItem {
  const { code, revision } = specifications.get(item.catalogueItemId) ?? { code: '–', revision: 0 };
  const characteristic = (name: string, value: string) =>
    ({ name, valueType: 'string', value }) as const;
  return {
    id: String(item.id),
    '@type': 'ServiceOrderItem',
    action: 'add',
    state: itemState(item.state),
    service: {
      '@type': 'Service',
      serviceSpecification: {
        '@type': 'ServiceSpecificationRef',
        id: code,
        name: item.name,
        version: String(revision),
      },
      serviceCharacteristic: [
        characteristic('vehicle', item.callSign),
        ...(item.delivered === null ? [] : [characteristic('delivered', item.delivered)]),
      ],
    },
  };
}

export interface Wanted {
  /** Number in the list that was sent. */
  readonly at: number;
  readonly code: string;
  readonly callSign: string;
}

export interface Refusal {
  readonly field: string;
  readonly reason: string;
}

/** What is wanted for which vehicle, or what an order here cannot do without. */
export function readItems({ serviceOrderItem: items }: TmfOrderWrite): {
  readonly wanted: Wanted[];
  readonly refusals: Refusal[];
} {
  const refusals: Refusal[] = [];
  const wanted = items.flatMap(({ action, service }, at): Wanted[] => {
    const field = `serviceOrderItem.${at}`;
    const code = service.serviceSpecification?.id;
    const callSign = service.serviceCharacteristic?.find(({ name }) => name === 'vehicle')?.value;
    if (action !== 'add') {
      refusals.push({ field: `${field}.action`, reason: 'expected add' });
    } else if (code === undefined) {
      refusals.push({ field: `${field}.service.serviceSpecification`, reason: 'expected a code' });
    } else if (typeof callSign !== 'string' || callSign === '') {
      const where = `${field}.service.serviceCharacteristic`;
      refusals.push({ field: where, reason: 'expected `vehicle`, a call sign' });
    } else {
      return [{ at, code, callSign }];
    }
    return [];
  });
  return { wanted, refusals };
}
