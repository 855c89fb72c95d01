import type { Me, Verb } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useWords } from '../words/words.ts';

// A page is shown to who holds one of its verbs.
const PAGES = [
  { to: '/', word: 'page.overview', verbs: ['vehicle.read'] },
  { to: '/map', word: 'page.map', verbs: ['vehicle.read'] },
  { to: '/vehicles', word: 'page.vehicles', verbs: ['vehicle.read'] },
  { to: '/alarms', word: 'page.alarms', verbs: ['alarm.read'] },
  { to: '/coverage', word: 'page.coverage', verbs: ['statistics.read'] },
  { to: '/statistics', word: 'page.statistics', verbs: ['statistics.read'] },
  { to: '/carriers', word: 'page.carriers', verbs: ['case.read'] },
  { to: '/requirements', word: 'page.requirements', verbs: ['requirement.read'] },
  { to: '/orders', word: 'page.orders', verbs: ['order.read'] },
  { to: '/programme', word: 'page.programme', verbs: ['programme.read'] },
  { to: '/experience', word: 'page.experience', verbs: ['experience.read'] },
  { to: '/reports', word: 'page.reports', verbs: ['report.read'] },
  { to: '/configuration', word: 'page.configuration', verbs: ['configuration.read'] },
  {
    to: '/administration',
    word: 'page.administration',
    verbs: ['organisation.write', 'user.read', 'token.write', 'unit.enrol', 'audit.read'],
  },
] as const satisfies readonly { to: string; word: string; verbs: readonly Verb[] }[];

export function Navigation({ me }: { readonly me: Me | undefined }) {
  const t = useWords();
  const held = new Set<Verb>(me?.verbs.map(({ verb }) => verb));
  return (
    <nav id="navigation" className="navigation" aria-label={t('shell.navigation')}>
      <ul>
        {PAGES.filter(({ verbs }) => verbs.some((verb) => held.has(verb))).map(({ to, word }) => (
          <li key={to}>
            <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
              {t(word)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
