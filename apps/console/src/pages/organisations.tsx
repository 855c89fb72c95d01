import { Button } from '@digdir/designsystemet-react';
import { useState } from 'react';
import { useMay, useOrganisations } from '../api/api.ts';
import { treeOrder } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { OrganisationDialog } from './organisation-dialog.tsx';

export function Organisations() {
  const t = useWords();
  const may = useMay();
  const tree = useOrganisations();
  const [edited, setEdited] = useState<number | 'new' | null>(null);
  const organisation = tree.data?.find(({ id }) => id === edited);
  return (
    <Panel
      title={t('admin.organisations')}
      tools={
        may('organisation.write') && (
          <Button variant="secondary" onClick={() => setEdited('new')}>
            {t('organisation.new')}
          </Button>
        )
      }
    >
      <Answer of={tree}>
        {(data) => (
          <DataTable
            caption={t('admin.organisations')}
            rows={treeOrder(data)}
            rowKey={({ organisation }) => organisation.id}
            columns={[
              {
                key: 'name',
                head: t('column.name'),
                names: true,
                cell: ({ organisation, depth }) => (
                  <span className={`depth-${depth}`}>
                    {may('organisation.write') ? (
                      <button
                        type="button"
                        className="link"
                        onClick={() => setEdited(organisation.id)}
                      >
                        {organisation.name}
                      </button>
                    ) : (
                      organisation.name
                    )}
                  </span>
                ),
              },
              {
                key: 'short',
                head: t('column.shortName'),
                cell: ({ organisation }) => organisation.shortName,
              },
              {
                key: 'kind',
                head: t('column.kind'),
                cell: ({ organisation }) => t(`organisation.${organisation.kind}`),
              },
              {
                key: 'number',
                head: t('column.orgNumber'),
                spare: true,
                cell: ({ organisation }) => organisation.orgNumber ?? '–',
              },
            ]}
          />
        )}
      </Answer>
      {(edited === 'new' || organisation !== undefined) && (
        <OrganisationDialog organisation={organisation ?? null} onClose={() => setEdited(null)} />
      )}
    </Panel>
  );
}
