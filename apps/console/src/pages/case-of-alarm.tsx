// From an alarm of an area to its case: the way there, or making one.
import { Button } from '@digdir/designsystemet-react';
import type { CarrierCase, Page } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { Answer, Fault } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

export function CaseOfAlarm({ alarmId }: { readonly alarmId: number }) {
  const t = useWords();
  const may = useMay();
  const found = useGet<Page<CarrierCase>>('/carrier-cases', { alarmId, limit: 1 });
  const write = useWrite<CarrierCase>(['/carrier-cases']);
  const make = (): void =>
    write.mutate({
      path: '/carrier-cases',
      body: { alarmId },
      idempotencyKey: crypto.randomUUID(),
    });
  return (
    <Answer of={found}>
      {({ items: [one] }) => (
        <p>
          {one !== undefined ? (
            <Link to="/carriers/$caseId" params={{ caseId: String(one.id) }}>
              {t('case.title', { n: one.id, carrier: one.carrier })}
            </Link>
          ) : (
            may('case.write') && (
              <Button variant="secondary" loading={write.isPending} onClick={make}>
                {t('case.make')}
              </Button>
            )
          )}
          {write.error !== null && <Fault error={write.error} />}
        </p>
      )}
    </Answer>
  );
}
