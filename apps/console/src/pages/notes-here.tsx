// Notes about something that another page shows; nothing at all where there are none.
import type { Note, Page } from '@rmh/contract/api';
import type { Query } from '@rmh/contract/client';
import { Link } from '@tanstack/react-router';
import { useGet, useMay } from '../api/api.ts';
import { NoteStateMark } from '../parts/note-mark.tsx';
import { Panel } from '../parts/page.tsx';

// More are a search away.
const NOTES_MOST = 5;

interface NotesHereProps {
  readonly title: string;
  readonly query: Query;
  /** A panel of its own, or a part of one. */
  readonly panel?: boolean;
}

export function NotesHere({ title, query, panel = false }: NotesHereProps) {
  const may = useMay();
  const enabled = may('experience.read');
  const notes = useGet<Page<Note>>('/experience', { ...query, limit: NOTES_MOST }, { enabled });
  if (!enabled || notes.data === undefined || notes.data.items.length === 0) return null;
  const list = (
    <ul className="notes-here">
      {notes.data.items.map(({ id, title: name, state, organisation }) => (
        <li key={id}>
          <Link to="/experience" search={{ note: String(id) }}>
            {name}
          </Link>{' '}
          <NoteStateMark state={state} /> <span className="quiet">{organisation}</span>
        </li>
      ))}
    </ul>
  );
  if (panel) return <Panel title={title}>{list}</Panel>;
  return (
    <>
      <h3>{title}</h3>
      {list}
    </>
  );
}
