// What the unit runs, and which layer decided each value.
import type { Effective } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useGet } from '../api/api.ts';
import { CONFIGURATION_FIELDS, valueText } from '../configuration-fields.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function VehicleConfiguration({ unitId }: { readonly unitId: number }) {
  const t = useWords();
  const effective = useGet<Effective>(`/configuration/effective/${unitId}`);
  return (
    <Panel
      title={t('page.configuration')}
      tools={<Link to="/configuration">{t('configuration.layers')}</Link>}
    >
      <Answer of={effective}>{(data) => <EffectiveTable effective={data} />}</Answer>
    </Panel>
  );
}

export function EffectiveTable({ effective }: { readonly effective: Effective }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <DataTable
      caption={t('configuration.effective')}
      rows={CONFIGURATION_FIELDS}
      rowKey={(field) => field}
      columns={[
        {
          key: 'field',
          head: t('column.setting'),
          names: true,
          cell: (field) => t(`setting.${field}`),
        },
        {
          key: 'value',
          head: t('column.value'),
          cell: (field) => valueText(language, field, effective.values[field]),
        },
        {
          key: 'origin',
          head: t('column.origin'),
          cell: (field) => {
            const origin = effective.origins[field];
            if (origin === undefined) return '–';
            const name = origin.layerId === null ? t('configuration.builtIn') : origin.name;
            return `${name}${origin.locked ? ` · ${t('configuration.locked')}` : ''}`;
          },
        },
      ]}
    />
  );
}
