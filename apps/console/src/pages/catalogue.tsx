// What may be ordered under the framework agreement, and its prices.

import { Button } from '@digdir/designsystemet-react';
import type { CatalogueItem, CatalogueKind } from '@rmh/contract/api';
import { useState } from 'react';
import { useCarriers, useMay, usePages, useWrite } from '../api/api.ts';
import { CATALOGUE_KIND_NAMES } from '../choices.ts';
import { kroneText, timeText } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CatalogueEnd } from './catalogue-end.tsx';

export function Catalogue() {
  const t = useWords();
  const language = useLanguage();
  const may = useMay();
  const [writing, setWriting] = useState(false);
  const [ending, setEnding] = useState<CatalogueItem | null>(null);
  const items = usePages<CatalogueItem>('/catalogue', { revisions: 'all' });
  const day = (date: string | null) => (date === null ? '–' : timeText(language, 'date', date));
  const endColumn: Column<CatalogueItem> = {
    key: 'end',
    head: <span className="unseen">{t('catalogue.end')}</span>,
    cell: (item) => (
      <Button
        variant="tertiary"
        aria-label={`${t('catalogue.end')}: ${item.name}`}
        onClick={() => setEnding(item)}
      >
        {t('catalogue.end')}
      </Button>
    ),
  };
  return (
    <Panel
      title={t('orders.catalogue')}
      tools={
        may('catalogue.write') && (
          <Button variant="secondary" onClick={() => setWriting(true)}>
            {t('catalogue.new')}
          </Button>
        )
      }
    >
      <Answer of={{ data: items.items, error: items.error }}>
        {(rows) => (
          <DataTable
            caption={t('orders.catalogue')}
            rows={rows}
            rowKey={({ id }) => id}
            empty={t('catalogue.none')}
            columns={[
              {
                key: 'name',
                head: t('column.name'),
                names: true,
                cell: ({ name, description }) => (
                  <>
                    {name} <span className="quiet">{description}</span>
                  </>
                ),
              },
              {
                key: 'kind',
                head: t('column.kind'),
                cell: ({ kind }) => t(`catalogue.${kind}`),
              },
              {
                key: 'code',
                head: t('catalogue.code'),
                tight: true,
                spare: true,
                cell: ({ code, revision }) => `${code} · ${revision}`,
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
              {
                key: 'from',
                head: t('catalogue.from'),
                tight: true,
                spare: true,
                cell: ({ validFrom }) => day(validFrom),
              },
              {
                key: 'to',
                head: t('catalogue.to'),
                tight: true,
                spare: true,
                cell: ({ validTo }) => day(validTo),
              },
              ...(may('catalogue.write') ? [endColumn] : []),
            ]}
          />
        )}
      </Answer>
      <More of={items} />
      {ending !== null && <CatalogueEnd item={ending} onClose={() => setEnding(null)} />}
      {writing && (
        <ModalDialog title={t('catalogue.new')} open onClose={() => setWriting(false)}>
          <CatalogueForm onSaved={() => setWriting(false)} />
        </ModalDialog>
      )}
    </Panel>
  );
}

const oreOf = (kroner: string): number => Math.round(Number(kroner.replace(',', '.')) * 100);
const KRONER = '\\d{1,8}([.,]\\d{1,2})?';

function CatalogueForm({ onSaved }: { readonly onSaved: () => void }) {
  const t = useWords();
  const { data: carriers } = useCarriers();
  const write = useWrite<CatalogueItem>(['/catalogue']);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [kind, setKind] = useState<CatalogueKind>('subscription');
  const [carrierId, setCarrier] = useState('');
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [once, setOnce] = useState('0');
  const [monthly, setMonthly] = useState('0');
  const [validFrom, setFrom] = useState('');
  const hasCarrier = kind === 'subscription' || kind === 'priority';
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      code,
      kind,
      carrierId: hasCarrier ? Number(carrierId) : null,
      name,
      description: '',
      onceOre: oreOf(once),
      monthlyOre: oreOf(monthly),
      validFrom,
    };
    write.mutate({ path: '/catalogue', body, idempotencyKey }, { onSuccess: onSaved });
  };
  const kroner = (word: 'order.once' | 'order.monthly') => `${t(word)} (${t('catalogue.kroner')})`;
  return (
    <form className="form" onSubmit={submit}>
      <Choice
        label={t('column.kind')}
        value={kind}
        options={CATALOGUE_KIND_NAMES.map((one) => ({ value: one, label: t(`catalogue.${one}`) }))}
        onChange={setKind}
      />
      {hasCarrier && (
        <Choice
          label={t('column.carrier')}
          value={carrierId}
          options={[
            { value: '', label: t('filter.choose') },
            ...(carriers ?? []).map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          onChange={setCarrier}
        />
      )}
      <TextInput
        label={t('catalogue.code')}
        value={code}
        onChange={setCode}
        hint={t('catalogue.codeHint')}
        pattern="[A-Z0-9][A-Z0-9\-]{1,30}"
        required
      />
      <TextInput label={t('column.name')} value={name} onChange={setName} required />
      <TextInput
        label={kroner('order.once')}
        value={once}
        onChange={setOnce}
        pattern={KRONER}
        required
      />
      <TextInput
        label={kroner('order.monthly')}
        value={monthly}
        onChange={setMonthly}
        pattern={KRONER}
        required
      />
      <TextInput
        label={t('catalogue.from')}
        type="date"
        value={validFrom}
        onChange={setFrom}
        required
      />
      {write.error !== null && <Fault error={write.error} />}
      <Button type="submit" loading={write.isPending} disabled={hasCarrier && carrierId === ''}>
        {t('action.save')}
      </Button>
    </form>
  );
}
