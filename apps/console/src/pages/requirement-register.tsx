// The register: every requirement, and beside it what one says, asks and has said.
import { Button } from '@digdir/designsystemet-react';
import type { Page, Requirement, RequirementVersion } from '@rmh/contract/api';
import { useState } from 'react';
import { useAllPages, useGet, useMay } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { timeText, whenText } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Answer, Facts, Panel } from '../parts/page.tsx';
import { useRequirementWords } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { NotesHere } from './notes-here.tsx';
import { RequirementDialog } from './requirement-dialog.tsx';

export function RequirementRegister() {
  const t = useWords();
  const may = useMay();
  const [filters, change] = useFilters();
  const [making, setMaking] = useState(false);
  const list = useAllPages<Requirement>('/requirements');
  const chosen = list.data?.find(({ id }) => String(id) === filters['requirement']);
  return (
    <div className={chosen === undefined ? undefined : 'with-detail'}>
      <Panel
        title={t('requirements.register')}
        tools={
          may('requirement.write') && (
            <Button variant="secondary" onClick={() => setMaking(true)}>
              {t('requirements.new')}
            </Button>
          )
        }
      >
        <Answer of={list}>
          {(requirements) => <RegisterTable requirements={requirements} chosen={chosen} />}
        </Answer>
        {making && <RequirementDialog requirement={null} onClose={() => setMaking(false)} />}
      </Panel>
      {chosen !== undefined && (
        <RequirementDetail
          key={chosen.id}
          requirement={chosen}
          onClose={() => change({ requirement: undefined })}
        />
      )}
    </div>
  );
}

interface RegisterTableProps {
  readonly requirements: readonly Requirement[];
  readonly chosen: Requirement | undefined;
}

function RegisterTable({ requirements, chosen }: RegisterTableProps) {
  const t = useWords();
  const language = useLanguage();
  const [, change] = useFilters();
  const source: Column<Requirement> = {
    key: 'source',
    head: t('requirements.source'),
    spare: true,
    cell: (one) => one.source,
  };
  return (
    <DataTable
      caption={t('requirements.register')}
      rows={requirements}
      rowKey={({ id }) => id}
      isChosen={(one) => one === chosen}
      empty={t('requirements.none')}
      columns={[
        { key: 'code', head: t('requirements.code'), tight: true, cell: ({ code }) => code },
        {
          key: 'title',
          head: t('requirements.requirement'),
          names: true,
          cell: (one) => (
            <button
              type="button"
              className="link"
              aria-expanded={one === chosen}
              onClick={() => {
                change({ requirement: one === chosen ? undefined : String(one.id) });
              }}
            >
              {one[language].title}
            </button>
          ),
        },
        { key: 'area', head: t('requirements.area'), cell: ({ area }) => t(`area.${area}`) },
        { key: 'binds', head: t('requirements.binds'), cell: ({ binds }) => t(`binds.${binds}`) },
        ...(chosen === undefined ? [source] : []),
        {
          key: 'inForce',
          head: t('requirements.inForce'),
          numeric: true,
          cell: ({ versionInForce }) => versionInForce ?? t('word.no'),
        },
      ]}
    />
  );
}

interface DetailProps {
  readonly requirement: Requirement;
  readonly onClose: () => void;
}

function RequirementDetail({ requirement, onClose }: DetailProps) {
  const t = useWords();
  const language = useLanguage();
  const may = useMay();
  const [changing, setChanging] = useState(false);
  const { factText, askedText } = useRequirementWords();
  const { code, check, bindsFrom, bindsUntil } = requirement;
  return (
    <Panel
      title={`${code} ${requirement[language].title}`}
      className="detail"
      tools={
        <>
          {may('requirement.write') && (
            <Button variant="secondary" onClick={() => setChanging(true)}>
              {t('action.change')}
            </Button>
          )}
          <Button variant="tertiary" onClick={onClose}>
            {t('action.close')}
          </Button>
        </>
      }
    >
      <p className="lead">{requirement[language].text}</p>
      <h3>{t(`need.${check.need}`)}</h3>
      <ul>
        {check.comparisons.map((comparison) => (
          <li key={`${comparison.fact} ${comparison.is}`}>
            {factText(comparison.fact)} <strong>{askedText(comparison)}</strong>
          </li>
        ))}
      </ul>
      <Facts
        of={[
          [t('requirements.source'), requirement.source],
          [t('requirements.binds'), t(`binds.${requirement.binds}`)],
          [t('requirements.from'), timeText(language, 'date', bindsFrom)],
          [
            t('requirements.until'),
            bindsUntil === null ? t('requirements.open') : timeText(language, 'date', bindsUntil),
          ],
        ]}
      />
      <NotesHere title={t('experience.behind')} query={{ requirementId: requirement.id }} />
      <Versions requirement={requirement} />
      {changing && (
        <RequirementDialog requirement={requirement} onClose={() => setChanging(false)} />
      )}
    </Panel>
  );
}

function Versions({ requirement }: { readonly requirement: Requirement }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { factText, askedText } = useRequirementWords();
  const versions = useGet<Page<RequirementVersion>>(`/requirements/${requirement.id}/versions`);
  return (
    <>
      <h3>{t('configuration.history')}</h3>
      <Answer of={versions}>
        {({ items }) => (
          <ol className="versions">
            {items.map(({ version, at, author, note, check }) => (
              <li key={version} value={version}>
                {whenText(language, at, nowMs)} · {author}
                {note !== '' && `: ${note}`}
                <br />
                <span className="quiet">
                  {check.comparisons
                    .map((one) => `${factText(one.fact)} ${askedText(one)}`)
                    .join('; ')}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </>
  );
}
