import type { Unit, Vehicle } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { Answer, Facts, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { ReplaceDialog } from './replace-unit.tsx';
import { Subscriptions } from './subscriptions.tsx';
import { UnitActions } from './unit-actions.tsx';
import { UnitKeys } from './unit-keys.tsx';

export function VehicleUnit({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  const { unitId } = vehicle;
  const unit = useGet<Unit>(`/units/${unitId}`, {}, { enabled: unitId !== null });
  const [replaced, setReplaced] = useState<Unit | null>(null);
  return (
    <Panel title={t('vehicle.unit')}>
      {unitId === null ? (
        <p className="quiet">{t('vehicle.noUnit')}</p>
      ) : (
        <Answer of={unit}>
          {(data) => (
            <>
              <UnitFacts unit={data} />
              {may('unit.enrol') && (
                <UnitActions key={data.id} unit={data} onReplace={() => setReplaced(data)} />
              )}
              {may('unit.enrol') && data.state === 'enrolled' && <UnitKeys unit={data} />}
            </>
          )}
        </Answer>
      )}
      <Subscriptions vehicle={vehicle} />
      {replaced !== null && <ReplaceDialog unit={replaced} onClose={() => setReplaced(null)} />}
    </Panel>
  );
}

function UnitFacts({ unit }: { readonly unit: Unit }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const when = (at: string | null) => (at === null ? '–' : whenText(language, at, nowMs));
  return (
    <Facts
      of={[
        [t('column.serial'), unit.serial],
        [t('column.model'), unit.model ?? '–'],
        [t('column.state'), t(`unit.${unit.state}`)],
        [t('unit.enrolledAt'), when(unit.enrolledAt)],
        ...(unit.revokedAt === null ? [] : [[t('unit.revokedAt'), when(unit.revokedAt)] as const]),
        [t('unit.addresses'), unit.addresses.join(', ') || '–'],
      ]}
    />
  );
}
