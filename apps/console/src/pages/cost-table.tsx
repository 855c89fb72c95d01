import type { CostShare } from '@rmh/contract/api';
import { kroneText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const SUM = 0;

/** What each trust pays, with the sum below where there are several. */
export function CostTable({ shares }: { readonly shares: readonly CostShare[] }) {
  const t = useWords();
  const language = useLanguage();
  const total = (of: (share: CostShare) => number): number =>
    shares.reduce((sum, share) => sum + of(share), 0);
  const sum: CostShare = {
    organisationId: SUM,
    organisation: t('order.sum'),
    vehicles: total(({ vehicles }) => vehicles),
    onceOre: total(({ onceOre }) => onceOre),
    monthlyOre: total(({ monthlyOre }) => monthlyOre),
  };
  return (
    <DataTable
      caption={t('order.costs')}
      rows={shares.length > 1 ? [...shares, sum] : shares}
      rowKey={({ organisationId }) => organisationId}
      isChosen={({ organisationId }) => organisationId === SUM}
      empty={t('order.costsNone')}
      columns={[
        {
          key: 'trust',
          head: t('column.organisation'),
          names: true,
          cell: ({ organisation }) => organisation,
        },
        {
          key: 'vehicles',
          head: t('order.vehicles'),
          numeric: true,
          cell: ({ vehicles }) => vehicles,
        },
        {
          key: 'once',
          head: t('order.once'),
          numeric: true,
          cell: ({ onceOre }) => kroneText(language, onceOre),
        },
        {
          key: 'monthly',
          head: t('order.monthly'),
          numeric: true,
          cell: ({ monthlyOre }) => kroneText(language, monthlyOre),
        },
      ]}
    />
  );
}
