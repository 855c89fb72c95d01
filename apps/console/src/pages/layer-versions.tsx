// A layer's history, and what changed from one version to the next.
import type { Layer, LayerDiff, LayerVersion, Page } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { CONFIGURATION_FIELDS, writtenValue } from '../configuration-fields.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function LayerVersions({ layer }: { readonly layer: Layer }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const [chosen, setChosen] = useState<number | null>(null);
  const versions = useGet<Page<LayerVersion>>(`/configuration/layers/${layer.id}/versions`);
  return (
    <>
      <h3>{t('configuration.history')}</h3>
      <Answer of={versions}>
        {({ items }) => (
          <DataTable
            caption={t('configuration.history')}
            rows={items}
            rowKey={({ version }) => version}
            isChosen={({ version }) => version === chosen}
            columns={[
              {
                key: 'version',
                head: t('column.version'),
                names: true,
                cell: ({ version }) => (
                  <button
                    type="button"
                    className="link"
                    aria-expanded={version === chosen}
                    onClick={() => setChosen(version === chosen ? null : version)}
                  >
                    {version}
                  </button>
                ),
              },
              {
                key: 'at',
                head: t('column.time'),
                tight: true,
                cell: ({ at }) => whenText(language, at, nowMs),
              },
              { key: 'author', head: t('column.who'), cell: ({ author }) => author },
              { key: 'note', head: t('word.reason'), cell: ({ note }) => note },
            ]}
          />
        )}
      </Answer>
      {chosen !== null && <Diff layerId={layer.id} to={chosen} />}
    </>
  );
}

function Diff({ layerId, to }: { readonly layerId: number; readonly to: number }) {
  const t = useWords();
  const path = `/configuration/layers/${layerId}/diff`;
  const diff = useGet<LayerDiff>(path, { from: to - 1, to });
  return (
    <Answer of={diff}>
      {({ fields }) => (
        <DataTable
          caption={t('configuration.diff', { from: to - 1, to })}
          captionShown
          rows={fields.filter(({ change, lock }) => change !== 'same' || lock !== 'same')}
          rowKey={({ field }) => field}
          empty={t('configuration.noDiff')}
          columns={[
            {
              key: 'field',
              head: t('column.setting'),
              names: true,
              cell: ({ field }) => <FieldName field={field} />,
            },
            {
              key: 'before',
              head: t('column.before'),
              cell: ({ before }) => <del>{textOf(before)}</del>,
            },
            {
              key: 'after',
              head: t('column.after'),
              cell: ({ after }) => <ins>{textOf(after)}</ins>,
            },
            {
              key: 'lock',
              head: t('configuration.lock'),
              cell: ({ lock }) => (lock === 'same' ? '–' : t(`lock.${lock}`)),
            },
          ]}
        />
      )}
    </Answer>
  );
}

function FieldName({ field }: { readonly field: string }) {
  const t = useWords();
  const known = CONFIGURATION_FIELDS.find((one) => one === field);
  return known === undefined ? <code>{field}</code> : t(`setting.${known}`);
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '–' : writtenValue(value as never);
}
