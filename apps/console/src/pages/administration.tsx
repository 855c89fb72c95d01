// Who may do what, which machines belong to us, and what everybody did.
import type { Verb } from '@rmh/contract/api';
import { useMay } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { Segments } from '../parts/fields.tsx';
import { PageFrame } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { AuditLog } from './audit-log.tsx';
import { Cards } from './cards.tsx';
import { Gateways } from './gateways.tsx';
import { Network } from './network.tsx';
import { Organisations } from './organisations.tsx';
import { ServiceTokens } from './service-tokens.tsx';
import { Units } from './units.tsx';
import { Users } from './users.tsx';

const TABS = [
  { name: 'organisations', verb: 'organisation.read', part: Organisations },
  { name: 'users', verb: 'user.read', part: Users },
  { name: 'units', verb: 'unit.enrol', part: Units },
  { name: 'cards', verb: 'vehicle.read', part: Cards },
  { name: 'gateways', verb: 'gateway.read', part: Gateways },
  { name: 'network', verb: 'settings.read', part: Network },
  { name: 'tokens', verb: 'user.read', part: ServiceTokens },
  { name: 'audit', verb: 'audit.read', part: AuditLog },
] as const satisfies readonly { name: string; verb: Verb; part: React.ComponentType }[];

export function AdministrationPage() {
  const t = useWords();
  const may = useMay();
  const [filters, change] = useFilters();
  const tabs = TABS.filter(({ verb }) => may(verb));
  const chosen = tabs.find(({ name }) => name === filters['view']) ?? tabs[0];
  if (chosen === undefined) return null;
  return (
    <PageFrame
      title={t('page.administration')}
      tools={
        <Segments
          label={t('alarms.view')}
          value={chosen.name}
          options={tabs.map(({ name }) => ({ value: name, label: t(`admin.${name}`) }))}
          onChange={(view) => change({ view })}
        />
      }
    >
      <chosen.part />
    </PageFrame>
  );
}
