// One case: what may be done with it, what was measured, what was said, what has happened.
import type { CarrierCase, CaseChange } from '@rmh/contract/api';
import { Link, useParams } from '@tanstack/react-router';
import { useGet, useOrganisations } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { spanText, whenText } from '../format.ts';
import { ChangeHistory } from '../parts/change-history.tsx';
import { Answer, Facts, PageFrame, Panel } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CaseCommands } from './case-commands.tsx';
import { CaseEvidence } from './case-evidence.tsx';
import { CaseMark } from './case-mark.tsx';
import { CaseMessages } from './case-messages.tsx';
import { NotesHere } from './notes-here.tsx';

const EVERY_MS = 15_000;

export function CasePage() {
  const t = useWords();
  const { caseId } = useParams({ strict: false });
  const found = useGet<CarrierCase>(`/carrier-cases/${caseId}`, {}, { everyMs: EVERY_MS });
  const carrier = found.data?.carrier ?? '';
  return (
    <PageFrame
      title={t('case.title', { n: caseId ?? '', carrier })}
      aside={found.data?.simulated && <SimulatedMark />}
      tools={<Link to="/carriers">{t('case.all')}</Link>}
    >
      <Answer of={found}>
        {(one) => (
          <>
            <Panel title={t('case.now')}>
              <CaseFacts one={one} />
              <CaseCommands one={one} />
            </Panel>
            <CaseEvidence one={one} />
            <NotesHere
              panel
              title={t('experience.places')}
              query={{ carrierId: one.carrierId, hasPlace: true }}
            />
            <Panel title={t('case.messages')} note={t('case.messagesNote')}>
              <CaseMessages one={one} />
            </Panel>
            <Panel title={t('case.history')}>
              <History caseId={one.id} />
            </Panel>
          </>
        )}
      </Answer>
    </PageFrame>
  );
}

function CaseFacts({ one }: { readonly one: CarrierCase }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { data: tree } = useOrganisations();
  const when = (at: string | null): string => (at === null ? '–' : whenText(language, at, nowMs));
  const { sentAt, answeredAt, endedAt } = one;
  const opener = one.openedBy === 'platform' ? t('case.byItself') : one.openedBy;
  const after = (at: string | null): string =>
    at === null || sentAt === null
      ? '–'
      : t('case.after', {
          at: when(at),
          span: spanText(language, Date.parse(at) - Date.parse(sentAt)),
        });
  return (
    <Facts
      of={[
        [t('column.state'), <CaseMark key="state" state={one.state} />],
        [t('column.kind'), t(`caseKind.${one.kind}`)],
        [t('column.carrier'), one.carrier],
        [t('case.owner'), tree?.find(({ id }) => id === one.organisationId)?.name ?? '–'],
        [t('case.openedAt'), `${when(one.openedAt)}, ${opener}`],
        [t('case.sentAt'), when(sentAt)],
        [t('case.answeredAt'), after(answeredAt)],
        [t('case.endedAt'), after(endedAt)],
        [t('case.reference'), one.reference ?? '–'],
      ]}
    />
  );
}

function History({ caseId }: { readonly caseId: number }) {
  const t = useWords();
  return (
    <ChangeHistory<CaseChange>
      path={`/carrier-cases/${caseId}/changes`}
      caption={t('case.history')}
      told={({ command, to, actor, side }) => ({
        what: t(`caseCommand.${command ?? 'open'}`),
        state: t(`caseState.${to}`),
        who: `${actor} (${t(`caseSide.${side}`)})`,
      })}
    />
  );
}
