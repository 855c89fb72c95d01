// The measured drive. Its beginning is kept on the phone: the drive goes on, the page may not.

import { Button } from '@digdir/designsystemet-react';
import type { Drive, DriveFigure, Installation } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, usePages, useWrite } from '../api/api.ts';
import { useCarrierLook } from '../carriers.ts';
import { decimals, timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { DriveMark } from './installations.tsx';

const KEY = 'rmh.drive.';

export function DrivePanel({ installation }: { readonly installation: Installation }) {
  const t = useWords();
  const may = useMay();
  const drives = usePages<Drive>(`/installations/${installation.id}/drives`);
  return (
    <Panel title={t('installation.drive')}>
      {may('order.install') && installation.state !== 'in-operation' && (
        <DriveControls installationId={installation.id} last={drives.items?.[0]} />
      )}
      <Answer of={{ data: drives.items, error: drives.error }}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="nothing">{t('installation.driveNone')}</p>
          ) : (
            rows.map((drive) => <DriveVerdict key={drive.id} drive={drive} />)
          )
        }
      </Answer>
      <More of={drives} />
    </Panel>
  );
}

interface DriveControlsProps {
  readonly installationId: number;
  readonly last: Drive | undefined;
}

function DriveControls({ installationId, last }: DriveControlsProps) {
  const t = useWords();
  const language = useLanguage();
  const write = useWrite<Drive>(['/installations']);
  const [from, setFrom] = useState(() => localStorage.getItem(KEY + installationId));
  const begin = (): void => {
    const now = new Date().toISOString();
    localStorage.setItem(KEY + installationId, now);
    setFrom(now);
  };
  const measure = (span: { readonly from: string; readonly to: string }): void =>
    write.mutate(
      {
        path: `/installations/${installationId}/drives`,
        body: span,
        idempotencyKey: crypto.randomUUID(),
      },
      {
        onSuccess: () => {
          localStorage.removeItem(KEY + installationId);
          setFrom(null);
        },
      },
    );
  return (
    <>
      <p>{t('drive.how')}</p>
      {from !== null && (
        <p role="status">{t('drive.running', { at: timeText(language, 'clock', from) })}</p>
      )}
      {write.error !== null && <Fault error={write.error} />}
      <div className="actions">
        {from === null ? (
          <Button onClick={begin}>{t('drive.start')}</Button>
        ) : (
          <Button
            loading={write.isPending}
            onClick={() => measure({ from, to: new Date().toISOString() })}
          >
            {t('drive.finish')}
          </Button>
        )}
        {from === null && last !== undefined && (
          <Button
            variant="secondary"
            loading={write.isPending}
            onClick={() => measure({ from: last.from, to: last.to })}
          >
            {t('drive.again')}
          </Button>
        )}
      </div>
    </>
  );
}

const TONES: Readonly<Record<DriveFigure['result'], Tone>> = {
  passed: 'good',
  failed: 'bad',
  'not-measurable': 'unknown',
};

function DriveVerdict({ drive }: { readonly drive: Drive }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const clock = (at: string) => timeText(language, 'dayClock', at);
  const told = { by: drive.measuredBy, at: clock(drive.measuredAt) };
  const amount = (value: number | null, unit: DriveFigure['unit']): string => {
    if (value === null) return '–';
    const figure = decimals(language, value, unit === 'dB' ? 1 : 0);
    // The name of its check says what is counted.
    if (unit === 'carriers') return figure;
    return `${figure} ${unit === 'cells' ? t('driveUnit.cells') : unit}`;
  };
  return (
    <section>
      <h3>
        {clock(drive.from)} – {timeText(language, 'clock', drive.to)}{' '}
        <DriveMark passed={drive.passed} />
      </h3>
      <p className="quiet">
        {drive.heardThrough === null
          ? t('drive.nothingHeard', told)
          : t('drive.through', { ...told, through: clock(drive.heardThrough) })}
      </p>
      <DataTable
        caption={t('installation.drive')}
        rows={drive.figures}
        rowKey={({ check, link }) => `${check} ${link ?? ''}`}
        columns={[
          {
            key: 'check',
            head: t('drive.check'),
            names: true,
            cell: ({ check, link }) =>
              t(`driveCheck.${check}`, { link: link === null ? '' : look.name(link) }),
          },
          {
            key: 'result',
            head: t('drive.result'),
            cell: ({ result }) => (
              <Marked tone={TONES[result]}>{t(`driveResult.${result}`)}</Marked>
            ),
          },
          {
            key: 'measured',
            head: t('drive.measured'),
            numeric: true,
            cell: ({ measured, unit }) => amount(measured, unit),
          },
          {
            key: 'limit',
            head: t('drive.limit'),
            numeric: true,
            cell: ({ check, limit, unit }) =>
              `${check === 'failover' ? '≤' : '≥'} ${amount(limit, unit)}`,
          },
        ]}
      />
    </section>
  );
}
