// Sends the ticks of a checklist one by one, again and again until the platform has them.
import type { PointState } from '@rmh/contract/api';
import { ApiProblem } from '@rmh/contract/client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { storedTicks, storeTicks, type Tick, withoutTick, withTick } from '../garage-ticks.ts';
import { api } from './api.ts';

// A phone that comes back into a network without saying so is found out by this.
const AGAIN_MS = 5_000;

export interface Garage {
  /** On this phone only, so far. */
  readonly unsaved: readonly Tick[];
  /** The platform answered, and the answer was no. */
  readonly refusal: ApiProblem | null;
  readonly tick: (tick: Tick) => void;
}

export function useGarage(installationId: number): Garage {
  const client = useQueryClient();
  const [unsaved, setUnsaved] = useState(() => storedTicks(installationId));
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  // What is under way must not be sent a second time by the next render.
  const sending = useRef(false);
  const latest = useRef(unsaved);

  const keep = useCallback(
    (next: readonly Tick[]) => {
      latest.current = [...next];
      storeTicks(installationId, next);
      setUnsaved([...next]);
    },
    [installationId],
  );

  const send = useCallback(async () => {
    if (sending.current) return;
    sending.current = true;
    const path = `/installations/${installationId}/points`;
    try {
      for (let [next] = latest.current; next !== undefined; [next] = latest.current) {
        const said = await sendOne(path, next);
        const isRefused = said instanceof ApiProblem;
        setRefusal(isRefused ? said : null);
        // Known before it is forgotten here: a tick must not vanish for a moment.
        if (!isRefused) client.setQueryData([path, {}], withState(said));
        keep(withoutTick(latest.current, next));
      }
      await client.invalidateQueries({ predicate: ({ queryKey: [path] }) => isOurs(path) });
    } catch {
      // No network: the ticks lie on the phone, and the timer tries again.
    } finally {
      sending.current = false;
    }
  }, [client, installationId, keep]);

  useEffect(() => {
    if (unsaved.length === 0) return;
    void send();
    const timer = setInterval(() => void send(), AGAIN_MS);
    const online = (): void => void send();
    addEventListener('online', online);
    return () => {
      clearInterval(timer);
      removeEventListener('online', online);
    };
  }, [unsaved, send]);

  const tick = useCallback((one: Tick) => keep(withTick(latest.current, one)), [keep]);
  return { unsaved, refusal, tick };
}

const isOurs = (path: unknown): boolean =>
  typeof path === 'string' && path.startsWith('/installations');

const withState =
  (state: PointState) =>
  (known: readonly PointState[] = []): readonly PointState[] => [
    ...known.filter(({ point }) => point !== state.point),
    state,
  ];

/** The platform's word, or its refusal; no answer at all is thrown. */
async function sendOne(path: string, tick: Tick): Promise<PointState | ApiProblem> {
  const { point, ...body } = tick;
  try {
    const call = { method: 'PUT', body } as const;
    return (await api.call<PointState>(`${path}/${point}`, call)).body;
  } catch (error) {
    // Signed out, too many, our own fault: a later try may well succeed.
    if (error instanceof ApiProblem && [400, 403, 404, 409].includes(error.status)) return error;
    throw error;
  }
}
