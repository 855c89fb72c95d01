// The common requirements: how we stand, what they say, and what people answer for.
import { addressOf } from '@rmh/contract/client';
import { useMay } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { FleetChoice, OrganisationChoice } from '../parts/choices.tsx';
import { Segments } from '../parts/fields.tsx';
import { PageFrame } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { Attestations } from './attestations.tsx';
import { RequirementRegister } from './requirement-register.tsx';
import { RequirementStanding } from './requirement-standing.tsx';
import { useWhose } from './requirement-whose.ts';

const VIEWS = ['standing', 'register', 'attested'] as const;

export function RequirementsPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  const view = VIEWS.find((name) => name === filters['view']) ?? 'standing';
  return (
    <PageFrame
      title={t('page.requirements')}
      aside={view === 'standing' && filters['fleet'] === 'simulated' && <SimulatedMark />}
      tools={
        <>
          <Segments
            label={t('alarms.view')}
            value={view}
            options={VIEWS.map((name) => ({ value: name, label: t(`requirements.${name}`) }))}
            onChange={(next) => change({ view: next === 'standing' ? undefined : next })}
          />
          {view === 'standing' && <StandingTools />}
        </>
      }
    >
      {view === 'standing' && <RequirementStanding />}
      {view === 'register' && <RequirementRegister />}
      {view === 'attested' && <Attestations />}
    </PageFrame>
  );
}

function StandingTools() {
  const t = useWords();
  const may = useMay();
  const [, change] = useFilters();
  const whose = useWhose();
  return (
    <>
      <OrganisationChoice
        value={whose.organisationId ?? ''}
        onChange={(next) => change({ organisationId: next })}
      />
      <FleetChoice />
      {may('export.read') && (
        <p className="exports">
          <a
            href={addressOf('/exports/compliance.csv', whose)}
            download
            aria-label={t('requirements.csv')}
          >
            CSV
          </a>
        </p>
      )}
    </>
  );
}
