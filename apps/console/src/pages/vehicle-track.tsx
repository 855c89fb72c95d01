// Where a vehicle was. Asked for with a reason, which is logged before anything is shown.

import { Button } from '@digdir/designsystemet-react';
import type { TrackPoint } from '@rmh/contract/api';
import { lazy, Suspense, useState } from 'react';
import { usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { Segments, TextInput } from '../parts/fields.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { HOURS } from './vehicle-history.tsx';

// The map is large; few come here to see it.
const TrackMap = lazy(async () => ({ default: (await import('./track-map.tsx')).TrackMap }));

// The platform refuses less.
const REASON_LEAST = 5;

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export function VehicleTrack({ vehicleId }: { readonly vehicleId: number }) {
  const t = useWords();
  const nowMs = useNowMs();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState<(typeof HOURS)[number]>('6');
  const [asked, setAsked] = useState<Asked | null>(null);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const from = new Date(nowMs - Number(hours) * 3_600_000).toISOString();
    setAsked({ from, to: new Date(nowMs).toISOString(), reason: reason.trim() });
  };
  return (
    <Panel title={t('track.title')} note={t('track.note')}>
      <form className="row" onSubmit={submit}>
        <Segments
          label={t('vehicle.span')}
          value={hours}
          options={HOURS.map((one) => ({ value: one, label: t(`hours.${one}`) }))}
          onChange={setHours}
        />
        <TextInput label={t('word.reason')} value={reason} onChange={setReason} required grow />
        <Button type="submit" variant="secondary" disabled={reason.trim().length < REASON_LEAST}>
          {t('track.show')}
        </Button>
      </form>
      {asked !== null && <ShownTrack vehicleId={vehicleId} asked={asked} />}
    </Panel>
  );
}

function ShownTrack({ vehicleId, asked }: { readonly vehicleId: number; readonly asked: Asked }) {
  const t = useWords();
  const track = usePages<TrackPoint>(`/vehicles/${vehicleId}/track`, { ...asked, limit: 500 });
  return (
    <Answer of={{ data: track.items, error: track.error }}>
      {(points) => (
        <Suspense>
          <TrackMap points={points} />
          {track.hasNextPage && (
            <Button variant="secondary" onClick={() => void track.fetchNextPage()}>
              {t('action.more')}
            </Button>
          )}
        </Suspense>
      )}
    </Answer>
  );
}
