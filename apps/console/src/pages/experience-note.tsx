// One note: what it says, what it is about, what became of it, and what others say.
import { Button } from '@digdir/designsystemet-react';
import type { Layer, Note, NotePromotion, NoteRevision, Page } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGet, useMay, useMe, useOrganisations, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useCarrierLook } from '../carriers.ts';
import { whenText } from '../format.ts';
import { ConfirmDialog } from '../parts/confirm.tsx';
import { NoteStateMark } from '../parts/note-mark.tsx';
import { Answer, Facts, Fault, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { NoteComments } from './note-comments.tsx';
import { NoteDialog } from './note-dialog.tsx';
import { RequirementDialog } from './requirement-dialog.tsx';

interface NoteDetailProps {
  readonly noteId: number;
  readonly onClose: () => void;
}

export function NoteDetail({ noteId, onClose }: NoteDetailProps) {
  const t = useWords();
  const note = useGet<Note>(`/experience/${noteId}`);
  return (
    <Panel
      title={note.data?.title ?? t('page.experience')}
      className="detail"
      tools={
        <Button variant="tertiary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      <Answer of={note}>{(data) => <Sections note={data} onGone={onClose} />}</Answer>
    </Panel>
  );
}

function Sections({ note, onGone }: { readonly note: Note; readonly onGone: () => void }) {
  const language = useLanguage();
  const nowMs = useNowMs();
  return (
    <>
      <p className="page-aside">
        <NoteStateMark state={note.state} />
        <span className="quiet">
          {note.author}, {note.organisation} · {whenText(language, note.changedAt, nowMs)}
        </span>
      </p>
      <div className="prose">
        {note.text.split(/\n{2,}/).map((paragraph, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no other name
          <p key={i}>{paragraph}</p>
        ))}
      </div>
      <About note={note} />
      <Actions note={note} onGone={onGone} />
      {note.promotions > 0 && <Promotions noteId={note.id} />}
      <NoteComments noteId={note.id} />
      {note.version > 1 && <Revisions noteId={note.id} />}
    </>
  );
}

function About({ note }: { readonly note: Note }) {
  const t = useWords();
  const may = useMay();
  const look = useCarrierLook();
  const layers = useGet<Page<Layer>>(
    '/configuration/layers',
    { limit: 500 },
    { enabled: note.layerId !== null && may('configuration.read') },
  );
  const { place, deviceModel, carrierId, vehicleKind, layerId, field } = note;
  const point = place?.point ?? null;
  const where = [
    place?.name,
    point === null ? null : `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`,
  ].filter((part) => typeof part === 'string');
  const layer = layers.data?.items.find(({ id }) => id === layerId)?.name;
  const facts: [string, string | undefined | null][] = [
    [t('experience.place'), where.join(' · ') || null],
    [t('experience.model'), deviceModel],
    [t('column.carrier'), look.all.find(({ id }) => id === carrierId)?.name],
    [t('experience.kind'), vehicleKind === null ? null : t(`kind.${vehicleKind}`)],
    [t('experience.layer'), layerId === null ? null : (layer ?? t('experience.hidden'))],
    [t('experience.field'), field === null ? null : t(`setting.${field}`)],
  ];
  const given = facts.filter((fact): fact is [string, string] => typeof fact[1] === 'string');
  return given.length === 0 ? null : <Facts of={given} />;
}

type Open = 'none' | 'change' | 'remove' | 'requirement';

function Actions({ note, onGone }: { readonly note: Note; readonly onGone: () => void }) {
  const t = useWords();
  const may = useMay();
  const isOwn = useIsOwn(note.organisationId);
  const [open, setOpen] = useState<Open>('none');
  const write = useWrite(['/experience']);
  const path = `/experience/${note.id}`;
  const close = (): void => setOpen('none');
  return (
    <div className="actions">
      {may('experience.write') && (
        <Button
          variant="secondary"
          aria-pressed={note.usefulToMe}
          loading={write.isPending}
          onClick={() =>
            write.mutate({ path: `${path}/useful`, body: { useful: !note.usefulToMe } })
          }
        >
          {note.usefulToMe ? '✓ ' : ''}
          {t('experience.markUseful')}
        </Button>
      )}
      <span className="quiet">{t('experience.usefulCount', { n: note.useful })}</span>
      {isOwn && (
        <>
          <Button variant="secondary" onClick={() => setOpen('change')}>
            {t('action.change')}
          </Button>
          <Button variant="tertiary" data-color="danger" onClick={() => setOpen('remove')}>
            {t('experience.remove')}
          </Button>
        </>
      )}
      {may('requirement.write') && (
        <Button variant="secondary" onClick={() => setOpen('requirement')}>
          {t('experience.toRequirement')}
        </Button>
      )}
      {may('configuration.write') && (
        <Link to="/configuration" search={baselineOf(note)}>
          {t('experience.toBaseline')}
        </Link>
      )}
      {open === 'none' && write.error !== null && <Fault error={write.error} />}
      {open === 'change' && <NoteDialog note={note} onSaved={close} onClose={close} />}
      {open === 'requirement' && (
        <RequirementDialog requirement={null} note={note} onClose={close} />
      )}
      {open === 'remove' && (
        <ConfirmDialog
          title={note.title}
          what={t('experience.removeSure')}
          action={t('experience.remove')}
          pending={write.isPending}
          error={write.error}
          onConfirm={() =>
            write.mutate({ path, method: 'DELETE', version: note.version }, { onSuccess: onGone })
          }
          onClose={close}
        />
      )}
    </div>
  );
}

const baselineOf = ({ id, layerId }: Note) => {
  return { experience: String(id), ...(layerId !== null && { layer: String(layerId) }) };
};

/** Whether it may be the asker's to change: the platform decides. */
function useIsOwn(organisationId: number): boolean {
  const { me } = useMe();
  const roots = me?.verbs.find(({ verb }) => verb === 'experience.write')?.organisationIds ?? [];
  const { data: tree } = useOrganisations();
  const parents = new Map(tree?.map(({ id, parentId }) => [id, parentId]));
  for (let at: number | null = organisationId; at !== null; at = parents.get(at) ?? null) {
    if (roots.includes(at)) return true;
  }
  return false;
}

function Promotions({ noteId }: { readonly noteId: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const promotions = useGet<Page<NotePromotion>>(`/experience/${noteId}/promotions`);
  return (
    <>
      <h3>{t('experience.promotions')}</h3>
      <Answer of={promotions}>
        {({ items }) => (
          <ul>
            {items.map(({ id, kind, targetId, name, version, author, at }) => {
              const text = t(`promotion.${kind}`, {
                name: name ?? t('experience.hidden'),
                version,
              });
              return (
                <li key={id}>
                  {kind === 'requirement' ? (
                    <Link
                      to="/requirements"
                      search={{ view: 'register', requirement: String(targetId) }}
                    >
                      {text}
                    </Link>
                  ) : name === null ? (
                    text
                  ) : (
                    <Link to="/configuration" search={{ layer: String(targetId) }}>
                      {text}
                    </Link>
                  )}
                  <span className="quiet">
                    {' '}
                    {author} · {whenText(language, at, nowMs)}
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </Answer>
    </>
  );
}

function Revisions({ noteId }: { readonly noteId: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const revisions = useGet<Page<NoteRevision>>(`/experience/${noteId}/revisions`);
  return (
    <details>
      <summary>{t('experience.revisions')}</summary>
      <Answer of={revisions}>
        {({ items }) => (
          <ul className="comments">
            {items.slice(1).map(({ version, at, author, title, text }) => (
              <li key={version}>
                <p className="quiet">
                  {t('experience.revision', { n: version })} · {author} ·{' '}
                  {whenText(language, at, nowMs)}
                </p>
                <p>
                  <strong>{title}</strong>
                </p>
                <p className="prose">{text}</p>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </details>
  );
}
