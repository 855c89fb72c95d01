import { Button } from '@digdir/designsystemet-react';
import type { Organisation } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, useOrganisations, useWrite } from '../api/api.ts';
import { ORGANISATION_KIND_NAMES } from '../choices.ts';
import { OrganisationChoice, treeOrder } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

export function Organisations() {
  const t = useWords();
  const may = useMay();
  const tree = useOrganisations();
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title={t('admin.organisations')}
      tools={
        may('organisation.write') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
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
                  <span className={`depth-${depth}`}>{organisation.name}</span>
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
      {making && <NewOrganisation onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function NewOrganisation({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const [parentId, setParent] = useState('');
  const [kind, setKind] = useState<Organisation['kind']>('station');
  const [name, setName] = useState('');
  const [shortName, setShortName] = useState('');
  const write = useWrite(['/organisations']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { parentId: Number(parentId), kind, name, shortName, orgNumber: null };
    write.mutate({ path: '/organisations', body }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('organisation.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <OrganisationChoice
          one
          label={t('organisation.under')}
          value={parentId}
          onChange={setParent}
        />
        <Choice
          label={t('column.kind')}
          value={kind}
          options={ORGANISATION_KIND_NAMES.filter((one) => one !== 'national').map((one) => ({
            value: one,
            label: t(`organisation.${one}`),
          }))}
          onChange={setKind}
        />
        <TextInput label={t('column.name')} value={name} onChange={setName} required />
        <TextInput
          label={t('column.shortName')}
          value={shortName}
          onChange={setShortName}
          required
        />
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending} disabled={parentId === ''}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}
