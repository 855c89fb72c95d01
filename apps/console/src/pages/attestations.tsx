// What people answer for, as no machine measures it.
import { Button } from '@digdir/designsystemet-react';
import type { Attestation } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, useOrganisations, usePages, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { timeText, whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { useRequirementWords } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';

export function Attestations() {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const may = useMay();
  const [making, setMaking] = useState(false);
  const { factText } = useRequirementWords();
  const { data: tree } = useOrganisations();
  const list = usePages<Attestation>('/attestations', { limit: 100 });
  return (
    <Panel
      title={t('requirements.attested')}
      note={t('requirements.attestedNote')}
      tools={
        may('requirement.attest') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('requirements.attest')}
          </Button>
        )
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(items) => (
          <DataTable
            caption={t('requirements.attested')}
            rows={items}
            rowKey={({ id }) => id}
            empty={t('requirements.noAttestations')}
            columns={[
              {
                key: 'fact',
                head: t('column.what'),
                names: true,
                cell: (one) => factText(one.fact),
              },
              {
                key: 'organisation',
                head: t('column.organisation'),
                cell: (one) => tree?.find(({ id }) => id === one.organisationId)?.name ?? '–',
              },
              {
                key: 'doneOn',
                head: t('requirements.doneOn'),
                tight: true,
                cell: ({ doneOn }) => timeText(language, 'date', doneOn),
              },
              { key: 'note', head: t('requirements.proof'), cell: ({ note }) => note },
              { key: 'author', head: t('column.who'), cell: ({ author }) => author },
              {
                key: 'at',
                head: t('column.time'),
                tight: true,
                cell: ({ at }) => whenText(language, at, nowMs),
              },
            ]}
          />
        )}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </p>
      )}
      {making && <AttestDialog onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function AttestDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const language = useLanguage();
  const { facts } = useRequirementWords();
  const [organisationId, setOrganisation] = useState('');
  const [fact, setFact] = useState('');
  const [doneOn, setDoneOn] = useState('');
  const [note, setNote] = useState('');
  const write = useWrite(['/attestations', '/compliance']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { organisationId: Number(organisationId), fact, doneOn, note };
    write.mutate({ path: '/attestations', body }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('requirements.attest')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <Choice
          label={t('column.what')}
          value={fact}
          options={[
            { value: '', label: t('filter.choose') },
            ...facts
              .filter(({ attested }) => attested)
              .map((one) => ({ value: one.name as string, label: one[language] })),
          ]}
          onChange={setFact}
        />
        <TextInput
          label={t('requirements.doneOn')}
          type="date"
          value={doneOn}
          required
          onChange={setDoneOn}
        />
        <TextInput
          label={t('requirements.proof')}
          value={note}
          required
          hint={t('requirements.proofHint')}
          onChange={setNote}
        />
        {write.error !== null && <Fault error={write.error} />}
        <div className="actions">
          <Button
            type="submit"
            loading={write.isPending}
            disabled={organisationId === '' || fact === ''}
          >
            {t('action.save')}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}
