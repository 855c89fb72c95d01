// TM Forum's TMF621 (Trouble Ticket Management, v5) over the same cases: the specification's names,
// of which we read what a case needs and leave the rest alone.
import { z } from 'zod';

export const TMF621_BASE = '/tmf-api/troubleTicket/v5';

/** TroubleTicketStatusType, whole: a filter may ask for what no case here is ever in. */
export const TMF_TICKET_STATUSES = [
  'acknowledged',
  'rejected',
  'pending',
  'held',
  'inProgress',
  'cancelled',
  'closed',
  'resolved',
] as const;
export const TMF_TICKET_STATUS = z.enum(TMF_TICKET_STATUSES);
export type TmfTicketStatus = z.infer<typeof TMF_TICKET_STATUS>;

const WORD = z.string().min(1).max(200);
const LONG = z.string().max(4_000);

const NOTE_WRITE = z.looseObject({ text: LONG.min(1) });

/** POST troubleTicket. What it is about is an alarm of ours, as a related entity. */
export const TMF_TICKET_WRITE = z.looseObject({
  name: WORD.optional(),
  description: LONG.min(1),
  severity: WORD,
  ticketType: WORD,
  externalIdentifier: z
    .array(z.looseObject({ id: WORD }))
    .max(20)
    .optional(),
  note: z.array(NOTE_WRITE).max(20).optional(),
  relatedEntity: z
    .array(
      z.looseObject({
        role: WORD.optional(),
        entity: z.looseObject({ id: WORD, '@referredType': WORD.optional() }),
      }),
    )
    .max(20)
    .optional(),
});
export type TmfTicketWrite = z.infer<typeof TMF_TICKET_WRITE>;

/** PATCH troubleTicket: a JSON merge patch of these. */
export const TMF_TICKET_PATCH = z.looseObject({
  status: TMF_TICKET_STATUS.optional(),
  statusChangeReason: z.string().trim().min(1).max(1_000).optional(),
  externalIdentifier: z
    .array(z.looseObject({ id: WORD }))
    .max(20)
    .optional(),
  note: z.array(NOTE_WRITE).max(20).optional(),
});
export type TmfTicketPatch = z.infer<typeof TMF_TICKET_PATCH>;

const ENTITY = z.strictObject({
  '@type': z.literal('EntityRef'),
  id: z.string(),
  href: z.string(),
  '@referredType': z.string(),
});

export const TMF_TICKET = z.strictObject({
  '@type': z.literal('TroubleTicket'),
  id: z.string(),
  href: z.string(),
  name: z.string(),
  description: z.string(),
  severity: z.enum(['Minor', 'Major']),
  ticketType: z.string(),
  status: TMF_TICKET_STATUS,
  creationDate: z.string(),
  lastUpdate: z.string(),
  resolutionDate: z.string().exactOptional(),
  statusChangeDate: z.string().exactOptional(),
  statusChangeReason: z.string().exactOptional(),
  externalIdentifier: z
    .array(
      z.strictObject({
        '@type': z.literal('ExternalIdentifier'),
        id: z.string(),
        owner: z.string(),
        externalIdentifierType: z.literal('troubleTicket'),
      }),
    )
    .exactOptional(),
  relatedParty: z.array(
    z.strictObject({
      '@type': z.literal('RelatedPartyRefOrPartyRoleRef'),
      role: z.enum(['customer', 'provider']),
      partyOrPartyRole: z.strictObject({
        '@type': z.literal('PartyRef'),
        id: z.string(),
        name: z.string(),
        '@referredType': z.literal('Organization'),
      }),
    }),
  ),
  relatedEntity: z.array(
    z.strictObject({ '@type': z.literal('RelatedEntity'), role: z.string(), entity: ENTITY }),
  ),
  attachment: z.array(
    z.strictObject({
      '@type': z.literal('AttachmentRef'),
      id: z.string(),
      href: z.string(),
      name: z.string(),
      mimeType: z.string(),
    }),
  ),
  note: z.array(
    z.strictObject({
      '@type': z.literal('Note'),
      id: z.string(),
      author: z.string(),
      date: z.string(),
      text: z.string(),
    }),
  ),
});
export type TmfTicket = z.infer<typeof TMF_TICKET>;

/** GET troubleTicket, as TMF630 pages: `offset` and `limit`, counts in headers. */
export const TMF_TICKET_QUERY = z.strictObject({
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  status: TMF_TICKET_STATUS.optional(),
});
