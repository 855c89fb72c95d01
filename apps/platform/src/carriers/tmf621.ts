// TMF621's words and ours. docs/carriers.md has the table.
import type {
  CarrierCase,
  CaseCommand,
  CaseMessage,
  CaseState,
  TmfTicket,
  TmfTicketStatus,
} from '@rmh/contract/api';
import { API_BASE, TMF621_BASE } from '@rmh/contract/api';

const STATUS: Readonly<Record<CaseState, TmfTicketStatus>> = {
  // Ours alone: it waits for somebody to send it.
  open: 'pending',
  // Received at the desk; with us the desk says so too.
  sent: 'acknowledged',
  acknowledged: 'acknowledged',
  'in-progress': 'inProgress',
  resolved: 'resolved',
  closed: 'closed',
  withdrawn: 'cancelled',
};

/** Which of our cases answer to a status of theirs; none is ever `held` or `rejected`. */
export function statesFor(status: TmfTicketStatus): CaseState[] {
  return (Object.keys(STATUS) as CaseState[]).filter((state) => STATUS[state] === status);
}

/** What a PATCH of the status asks for; null: no command of ours leads there. */
export function commandFor(state: CaseState, status: TmfTicketStatus): CaseCommand | null {
  switch (status) {
    case 'acknowledged':
      return state === 'open' ? 'send' : 'acknowledge';
    case 'inProgress':
      return state === 'resolved' ? 'reopen' : 'progress';
    case 'resolved':
      return 'resolve';
    case 'closed':
      return 'close';
    case 'cancelled':
      return 'withdraw';
    case 'pending':
    case 'held':
    case 'rejected':
      return null;
  }
}

export interface Told {
  readonly organisation: string;
  readonly messages: readonly CaseMessage[];
  /** The last change of the state. */
  readonly changedAt: string;
  readonly reason: string | null;
}

const TYPES = { area: 'areaOutage', hole: 'recurringHole' } as const;

export function tmfTicket(one: CarrierCase, told: Told): TmfTicket {
  const { id, carrier, kind, state, resolvedAt, reference, messages } = { ...one, ...told };
  const lastUpdate = [told.changedAt, messages.at(-1)?.at ?? ''].toSorted().at(-1) ?? '';
  return {
    '@type': 'TroubleTicket',
    id: String(id),
    href: `${TMF621_BASE}/troubleTicket/${id}`,
    name: `${carrier}: ${TYPES[kind]}`,
    description: describe(one),
    severity: kind === 'area' ? 'Major' : 'Minor',
    ticketType: TYPES[kind],
    status: STATUS[state],
    creationDate: one.openedAt,
    lastUpdate,
    ...(resolvedAt !== null && { resolutionDate: resolvedAt }),
    statusChangeDate: told.changedAt,
    ...(told.reason !== null && { statusChangeReason: told.reason }),
    ...(reference !== null && {
      externalIdentifier: [
        {
          '@type': 'ExternalIdentifier',
          id: reference,
          owner: carrier,
          externalIdentifierType: 'troubleTicket',
        },
      ],
    }),
    relatedParty: [
      party('customer', String(one.organisationId), told.organisation),
      party('provider', String(one.carrierId), carrier),
    ],
    relatedEntity: one.alarmId === null ? [] : [alarmEntity(one.alarmId)],
    attachment: attachments(one),
    note: messages.map((message) => ({
      '@type': 'Note',
      id: String(message.id),
      author: message.author,
      date: message.at,
      text: message.text,
    })),
  };
}

function describe({ vehicles, lostMs, from, to, cells }: CarrierCase): string {
  const minutes = Math.round(lostMs / 60_000);
  const when = to === null ? `since ${from}` : `from ${from} to ${to}`;
  return `${vehicles} vehicles lost ${minutes} vehicle-minutes in ${cells.length} cells ${when}`;
}

const party = (role: 'customer' | 'provider', id: string, name: string) =>
  ({
    '@type': 'RelatedPartyRefOrPartyRoleRef',
    role,
    partyOrPartyRole: { '@type': 'PartyRef', id, name, '@referredType': 'Organization' },
  }) as const;

const alarmEntity = (alarmId: number) =>
  ({
    '@type': 'RelatedEntity',
    role: 'cause',
    entity: {
      '@type': 'EntityRef',
      id: String(alarmId),
      href: `${API_BASE}/alarms/${alarmId}`,
      '@referredType': 'Alarm',
    },
  }) as const;

function attachments({ id, evidence }: CarrierCase): TmfTicket['attachment'] {
  if (evidence === 0) return [];
  const name = `case-${id}-v${evidence}.json`;
  return [
    {
      '@type': 'AttachmentRef',
      id: `${id}-${evidence}`,
      href: `${API_BASE}/carrier-cases/${id}/evidence/${evidence}/pack.json`,
      name,
      mimeType: 'application/json',
    },
  ];
}
