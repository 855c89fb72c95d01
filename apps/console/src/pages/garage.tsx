// The garage: the checklist of one vehicle on a phone, then its measured drive, then acceptance.

import '../style/orders.css';
import { Button } from '@digdir/designsystemet-react';
import type { Installation, PointState } from '@rmh/contract/api';
import { useParams } from '@tanstack/react-router';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { type Garage, useGarage } from '../api/garage.ts';
import { POINT_NAMES } from '../choices.ts';
import { shownTicks } from '../garage-ticks.ts';
import { Answer, Facts, Fault, PageFrame, Panel } from '../parts/page.tsx';
import { Marked } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { DrivePanel } from './drive-panel.tsx';
import { InstallationMark } from './installations.tsx';

export function GaragePage() {
  const t = useWords();
  const { installationId = '' } = useParams({ strict: false });
  const installation = useGet<Installation>(`/installations/${installationId}`);
  const name = installation.data?.callSign ?? '';
  return (
    <PageFrame
      title={t('installation.title', { name })}
      aside={installation.data && <InstallationMark state={installation.data.state} />}
    >
      <Answer of={installation}>
        {(found) => <GarageBody key={found.id} installation={found} />}
      </Answer>
    </PageFrame>
  );
}

function GarageBody({ installation }: { readonly installation: Installation }) {
  const t = useWords();
  const { id, state } = installation;
  const garage = useGarage(id);
  return (
    <div className="garage">
      <Facts
        of={[
          [t('column.registration'), installation.registration ?? '–'],
          [t('column.serial'), installation.serial ?? '–'],
        ]}
      />
      {state === 'ordered' ? (
        <p role="status">{t('garage.notDelivered')}</p>
      ) : (
        <>
          <Checklist installation={installation} garage={garage} />
          <DrivePanel installation={installation} />
          <Acceptance installation={installation} unsaved={garage.unsaved.length} />
        </>
      )}
    </div>
  );
}

interface ChecklistProps {
  readonly installation: Installation;
  readonly garage: Garage;
}

function Checklist({ installation, garage }: ChecklistProps) {
  const t = useWords();
  const may = useMay();
  const points = useGet<readonly PointState[]>(`/installations/${installation.id}/points`);
  const isOpen = installation.state === 'delivered' || installation.state === 'installed';
  const shown = shownTicks(points.data ?? [], garage.unsaved);
  const waiting = new Set(garage.unsaved.map(({ point }) => point));
  const done = POINT_NAMES.filter((point) => shown.get(point)?.ticked === true).length;
  return (
    <Panel
      title={t('installation.points')}
      note={points.data && t('garage.progress', { done, all: POINT_NAMES.length })}
    >
      <Answer of={points}>
        {() => (
          <ul className="garage-points">
            {POINT_NAMES.map((point) => (
              <li key={point}>
                <label className="check">
                  <input
                    type="checkbox"
                    checked={shown.get(point)?.ticked ?? false}
                    disabled={!isOpen || !may('order.install')}
                    onChange={({ target }) =>
                      garage.tick({ point, ticked: target.checked, note: '', atMs: Date.now() })
                    }
                  />
                  <span>
                    {t(`point.${point}`)}
                    {waiting.has(point) && <span className="quiet"> ({t('garage.waits')})</span>}
                  </span>
                </label>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <div role="status">
        {garage.unsaved.length > 0 ? (
          <Marked tone="reduced">{t('garage.unsaved', { n: garage.unsaved.length })}</Marked>
        ) : (
          <Marked tone="good">{t('garage.saved')}</Marked>
        )}
      </div>
      {garage.refusal !== null && (
        <>
          <p>{t('garage.refused')}</p>
          <Fault error={garage.refusal} />
        </>
      )}
    </Panel>
  );
}

interface AcceptanceProps {
  readonly installation: Installation;
  readonly unsaved: number;
}

function Acceptance({ installation, unsaved }: AcceptanceProps) {
  const t = useWords();
  const may = useMay();
  const write = useWrite<Installation>(['/installations', '/vehicles', '/programme']);
  const { id, state, version, drivePassed } = installation;
  const command = state === 'accepted' ? 'operate' : 'accept';
  const isReady = state === 'accepted' || (state === 'installed' && drivePassed === true);
  if (state === 'in-operation' || state === 'cancelled' || !may('order.install')) return null;
  return (
    <Panel title={t(`installation.${command}`)} note={t('installation.acceptHow')}>
      {write.error !== null && <Fault error={write.error} />}
      <Button
        disabled={!isReady || unsaved > 0}
        loading={write.isPending}
        onClick={() =>
          write.mutate({ path: `/installations/${id}/command`, body: { command }, version })
        }
      >
        {t(`installation.${command}`)}
      </Button>
    </Panel>
  );
}
