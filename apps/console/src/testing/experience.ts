// Notes of the fake platform: found by the letters in them, which is enough to try the page.
import {
  NOTE,
  NOTE_COMMENT,
  NOTE_PROMOTION,
  NOTE_REVISION,
  type Note,
  type NoteComment,
  type NoteWrite,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { changed, type FakeRoute, fakeRoute, page, removed } from './fake-route.ts';

const HOUR_MS = 3_600_000;

const notesAt = (nowMs: number): Note[] => {
  const at = (hours: number): string => new Date(nowMs - hours * HOUR_MS).toISOString();
  const note = (id: number, title: string, more: Partial<Note>): Note => ({
    ...{ id, title, text: 'Sett tre ganger denne uken.', state: 'open', version: 1 },
    ...{ place: null, cell: null, deviceModel: null, carrierId: null, vehicleKind: null },
    ...{ layerId: null, field: null, organisationId: 2, organisation: 'Helse Nord RHF' },
    ...{ author: 'Kari Nordmann', createdAt: at(id * 30), changedAt: at(id * 20) },
    ...{ comments: 0, useful: 0, usefulToMe: false, promotions: 0, ...more },
  });
  return [
    note(1, 'Bortfall 900 meter inne i Oslofjordtunnelen', {
      text: 'Telenor faller ut i 40 sekunder.\n\nTelia og Ice holder hele veien.',
      ...{ state: 'known-problem', carrierId: 1, useful: 7, comments: 1, promotions: 1 },
      place: { name: 'Oslofjordtunnelen', point: { latitude: 59.665, longitude: 10.612 } },
      ...{ organisationId: 4, organisation: 'Helse Sør-Øst RHF', version: 2 },
    }),
    note(2, 'Modem må startes på nytt etter minus 20', {
      ...{ deviceModel: 'RUTX50', useful: 3, state: 'solved' },
    }),
    note(3, 'Båter mister begge ute ved Hjelmsøya', { vehicleKind: 'boat' }),
    note(4, 'Mindre opptak gir plass til kø', { field: 'recordMb', useful: 1 }),
  ];
};

export function experienceRoutes(nowMs: number): FakeRoute[] {
  const notes = notesAt(nowMs);
  const comments: NoteComment[] = [
    {
      ...{ id: 1, organisationId: 3, organisation: 'Helse Vest RHF', author: 'Ola Nordmann' },
      ...{ at: new Date(nowMs - HOUR_MS).toISOString(), text: 'Det samme i Bømlafjordtunnelen.' },
    },
  ];
  const ofNote = (id: string | undefined) => notes.find((one) => String(one.id) === id);
  return [
    fakeRoute('GET', '/experience', pageOf(NOTE), ({ query }) => {
      const q = (query.get('q') ?? '').toLowerCase();
      const state = query.get('state');
      const isAsked = ['vehicleId', 'requirementId', 'changedLayerId'].some((one) =>
        query.has(one),
      );
      const found = notes.filter(
        (one) =>
          `${one.title} ${one.text}`.toLowerCase().includes(q) &&
          (!state || one.state === state) &&
          (!query.has('hasPlace') || one.place !== null) &&
          (!isAsked || one.id <= 2),
      );
      return page(found);
    }),
    fakeRoute('POST', '/experience', NOTE, ({ body }) => {
      const id = notes.length + 1;
      const [first] = notesAt(nowMs).slice(-1);
      const made = { ...first, ...(body as NoteWrite), id, field: null, useful: 0 } as Note;
      notes.unshift(made);
      return made;
    }),
    fakeRoute('GET', '/experience/:id', NOTE, ({ params: [id] }) => ofNote(id) ?? 'not-found'),
    fakeRoute('PUT', '/experience/:id', NOTE, (asked) => changed(notes, asked.params[0], asked)),
    fakeRoute('DELETE', '/experience/:id', z.null(), (asked) => {
      return removed(notes, asked.params[0], asked);
    }),
    fakeRoute('POST', '/experience/:id/useful', NOTE, ({ params: [id], body }) => {
      const { useful } = body as { useful: boolean };
      const index = notes.findIndex((one) => String(one.id) === id);
      const before = notes[index];
      if (before === undefined) return 'not-found';
      const count = before.useful + (useful ? 1 : -1);
      notes[index] = { ...before, useful: count, usefulToMe: useful };
      return notes[index];
    }),
    fakeRoute('GET', '/experience/:id/comments', pageOf(NOTE_COMMENT), () => page(comments)),
    fakeRoute('POST', '/experience/:id/comments', NOTE_COMMENT, ({ body }) => {
      const { text } = body as { text: string };
      const [first] = comments;
      const made = { ...first, id: comments.length + 1, text } as NoteComment;
      comments.push(made);
      return made;
    }),
    fakeRoute('GET', '/experience/:id/revisions', pageOf(NOTE_REVISION), ({ params: [id] }) => {
      const one = ofNote(id);
      if (one === undefined) return 'not-found';
      const { title, text, state, place, deviceModel, carrierId, vehicleKind } = one;
      const content = { title, text, state, place, deviceModel, carrierId, vehicleKind };
      const more = { layerId: one.layerId, field: one.field, author: one.author };
      return page([2, 1].map((version) => ({ ...content, ...more, version, at: one.changedAt })));
    }),
    fakeRoute('GET', '/experience/:id/promotions', pageOf(NOTE_PROMOTION), ({ params: [id] }) => {
      const at = new Date(nowMs - HOUR_MS).toISOString();
      const made = { id: 1, kind: 'requirement', targetId: 1, name: 'T-01', version: 1 };
      return page(id === '1' ? [{ ...made, author: 'Kari Nordmann', at }] : []);
    }),
  ];
}
