// How old a unit's preshared keys are, and new ones on demand; never the keys themselves.

import { Button } from '@digdir/designsystemet-react';
import type { KeyAge, Unit } from '@rmh/contract/api';
import { useGet, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { Answer, Facts, Fault } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

// A change takes two answers of the unit and one of each gateway.
const EVERY_MS = 15_000;

export function UnitKeys({ unit }: { readonly unit: Unit }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const path = `/units/${unit.id}/keys`;
  const keys = useGet<{ readonly items: readonly KeyAge[] }>(path, {}, { everyMs: EVERY_MS });
  const rotate = useWrite([path]);
  return (
    <>
      <h3>{t('unit.keys')}</h3>
      <Answer of={keys}>
        {({ items }) => (
          <Facts
            of={items.map(({ gateway, stage, madeAt }) => [
              t('unit.keyFrom', { gateway, at: whenText(language, madeAt, nowMs) }),
              t(`key.${stage}`),
            ])}
          />
        )}
      </Answer>
      <div className="actions">
        <Button
          variant="secondary"
          loading={rotate.isPending}
          onClick={() => rotate.mutate({ path: `/units/${unit.id}/rotate-keys` })}
        >
          {t('unit.rotate')}
        </Button>
        {rotate.isSuccess && <span role="status">{t('unit.rotated')}</span>}
      </div>
      {rotate.error !== null && <Fault error={rotate.error} />}
    </>
  );
}
