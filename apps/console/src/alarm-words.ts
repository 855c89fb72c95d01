// What an alarm says: what is wrong, with whom, and whose fault it is likely to be.
import type { Alarm, AlarmKind, FaultOf } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useCarrierLook } from './carriers.ts';
import { type Say, useWords } from './words/words.ts';

type Told = Pick<Alarm, 'kind' | 'carrier' | 'callSign' | 'vehicles'> & {
  readonly gateway?: string | null;
};

export interface AlarmWords {
  readonly alarmText: (alarm: Told) => string;
  readonly faultText: (alarm: Told & { readonly fault?: FaultOf }) => string;
}

const FAULT_OF_KIND: Readonly<Record<AlarmKind, FaultOf>> = {
  'vehicle-down': 'unknown',
  'carrier-down': 'carrier',
  'vehicle-silent': 'unknown',
  'carrier-area': 'carrier',
  'gateway-silent': 'gateway',
  'configuration-refused': 'unit',
  'unit-unhealthy': 'unit',
};

export function useAlarmWords(): AlarmWords {
  const t = useWords();
  const look = useCarrierLook();
  return useMemo(() => wordsOf(t, look.name), [t, look]);
}

function wordsOf(t: Say, carrierName: (link: string) => string): AlarmWords {
  const carrierOf = ({ carrier }: Told): string =>
    carrier === null ? t('fault.unknown') : carrierName(carrier);
  return {
    alarmText: (alarm) =>
      t(`alarmText.${alarm.kind}`, {
        n: alarm.vehicles,
        carrier: carrierOf(alarm),
        vehicle: alarm.callSign ?? t('word.aVehicle'),
        gateway: alarm.gateway ?? t('word.aGateway'),
      }),
    faultText: (alarm) => {
      const fault = alarm.fault ?? FAULT_OF_KIND[alarm.kind];
      if (fault === 'carrier') return carrierOf(alarm);
      if (fault === 'gateway' && alarm.gateway) return alarm.gateway;
      return t(`fault.${fault}`);
    },
  };
}
