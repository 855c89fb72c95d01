// Towards the carriers: cases, how each carrier has done, and which of them fail together.
import { useMay } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { FleetChoice, OrganisationChoice } from '../parts/choices.tsx';
import { Segments } from '../parts/fields.tsx';
import { PageFrame } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { CaseList } from './case-list.tsx';
import { CarrierScorecard } from './scorecard.tsx';
import { SharedFateView } from './shared-fate.tsx';

const VIEWS = ['cases', 'scorecard', 'fate'] as const;

export function CarriersPage() {
  const t = useWords();
  const may = useMay();
  const [filters, change] = useFilters();
  // A carrier's contact has cases, and no figures.
  const views = VIEWS.filter((name) => name === 'cases' || may('statistics.read'));
  const view = views.find((name) => name === filters['view']) ?? 'cases';
  return (
    <PageFrame
      title={t('page.carriers')}
      aside={filters['fleet'] === 'simulated' && <SimulatedMark />}
      tools={
        <>
          {views.length > 1 && (
            <Segments
              label={t('alarms.view')}
              value={view}
              options={views.map((name) => ({ value: name, label: t(`carriers.${name}`) }))}
              onChange={(next) => change({ view: next === 'cases' ? undefined : next })}
            />
          )}
          {view !== 'cases' && (
            <OrganisationChoice
              value={filters['organisationId'] ?? ''}
              onChange={(organisationId) => change({ organisationId })}
            />
          )}
          <FleetChoice />
        </>
      }
    >
      {view === 'cases' && <CaseList />}
      {view === 'scorecard' && <CarrierScorecard />}
      {view === 'fate' && <SharedFateView />}
    </PageFrame>
  );
}
