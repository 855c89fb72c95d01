import type { Subscription, Unit, Vehicle } from '@rmh/contract/api';
import { useCarriers, useGet, useMay } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Facts, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { UnitActions } from './unit-actions.tsx';

export function VehicleUnit({ vehicle }: { readonly vehicle: Vehicle }) {
  const t = useWords();
  const may = useMay();
  const { unitId } = vehicle;
  const unit = useGet<Unit>(`/units/${unitId}`, {}, { enabled: unitId !== null });
  return (
    <Panel title={t('vehicle.unit')}>
      {unitId === null ? (
        <p className="quiet">{t('vehicle.noUnit')}</p>
      ) : (
        <Answer of={unit}>
          {(data) => (
            <>
              <UnitFacts unit={data} />
              {may('unit.enrol') && <UnitActions unit={data} />}
            </>
          )}
        </Answer>
      )}
      <Subscriptions vehicleId={vehicle.id} />
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

function Subscriptions({ vehicleId }: { readonly vehicleId: number }) {
  const t = useWords();
  const list = useGet<{ items: readonly Subscription[] }>('/subscriptions', { vehicleId });
  const { data: carriers } = useCarriers();
  return (
    <Answer of={list}>
      {({ items }) => (
        <DataTable
          caption={t('vehicle.subscriptions')}
          captionShown
          rows={items}
          rowKey={({ id }) => id}
          empty={t('vehicle.noSubscriptions')}
          columns={[
            {
              key: 'carrier',
              head: t('column.carrier'),
              names: true,
              cell: ({ carrierId }) => carriers?.find(({ id }) => id === carrierId)?.name ?? '–',
            },
            { key: 'iccid', head: 'ICCID', cell: ({ iccid }) => <code>{iccid}</code> },
            {
              key: 'priority',
              head: t('column.priority'),
              cell: ({ priority }) => t(priority ? 'word.yes' : 'word.no'),
            },
          ]}
        />
      )}
    </Answer>
  );
}
