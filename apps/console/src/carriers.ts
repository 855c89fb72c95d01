// Names and colours of carriers, from the platform's catalogue; a link that it does not know keeps
// its own name and the last colour.
import type { Carrier } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useCarriers } from './api/api.ts';

export interface CarrierLook {
  readonly all: readonly Carrier[];
  readonly name: (link: string) => string;
  /** 1 … 8: `--chart-N` in the style sheet. */
  readonly colour: (link: string) => number;
}

const COLOUR_UNKNOWN = 8;

export function useCarrierLook(): CarrierLook {
  const { data } = useCarriers();
  return useMemo(() => {
    const byKey = new Map(data?.map((carrier) => [carrier.key, carrier]));
    return {
      all: data ?? [],
      name: (link) => byKey.get(link)?.name ?? link,
      colour: (link) => byKey.get(link)?.colour ?? COLOUR_UNKNOWN,
    };
  }, [data]);
}
