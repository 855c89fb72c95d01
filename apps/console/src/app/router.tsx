// Where each page lies. Pages with a map or a chart are loaded when somebody goes there.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';
import { StartPage } from './start.tsx';

// Filters live in the address, so that a view can be sent to a colleague and found again.
export type Search = Readonly<Record<string, string | undefined>>;

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): Search => {
    const texts = Object.entries(search).map(([name, value]) => [name, String(value)]);
    return Object.fromEntries(texts) as Search;
  },
});

const at = <Path extends string>(path: Path, load: () => ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component: load() });

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: StartPage }),
  at('/map', () => lazyRouteComponent(() => import('../pages/map.tsx'), 'MapPage')),
  at('/vehicles', () => lazyRouteComponent(() => import('../pages/vehicles.tsx'), 'VehiclesPage')),
  at('/vehicles/$vehicleId', () =>
    lazyRouteComponent(() => import('../pages/vehicle.tsx'), 'VehiclePage'),
  ),
  at('/alarms', () => lazyRouteComponent(() => import('../pages/alarms.tsx'), 'AlarmsPage')),
  at('/coverage', () => lazyRouteComponent(() => import('../pages/coverage.tsx'), 'CoveragePage')),
  at('/statistics', () =>
    lazyRouteComponent(() => import('../pages/statistics.tsx'), 'StatisticsPage'),
  ),
  at('/carriers', () => lazyRouteComponent(() => import('../pages/carriers.tsx'), 'CarriersPage')),
  at('/carriers/$caseId', () => lazyRouteComponent(() => import('../pages/case.tsx'), 'CasePage')),
  at('/requirements', () =>
    lazyRouteComponent(() => import('../pages/requirements.tsx'), 'RequirementsPage'),
  ),
  at('/orders', () => lazyRouteComponent(() => import('../pages/orders.tsx'), 'OrdersPage')),
  at('/orders/new', () =>
    lazyRouteComponent(() => import('../pages/new-order.tsx'), 'NewOrderPage'),
  ),
  at('/installations/$installationId', () =>
    lazyRouteComponent(() => import('../pages/garage.tsx'), 'GaragePage'),
  ),
  at('/programme', () =>
    lazyRouteComponent(() => import('../pages/programme.tsx'), 'ProgrammePage'),
  ),
  at('/experience', () =>
    lazyRouteComponent(() => import('../pages/experience.tsx'), 'ExperiencePage'),
  ),
  at('/reports', () => lazyRouteComponent(() => import('../pages/reports.tsx'), 'ReportsPage')),
  at('/reports/$reportId', () =>
    lazyRouteComponent(() => import('../pages/report.tsx'), 'ReportPage'),
  ),
  at('/configuration', () =>
    lazyRouteComponent(() => import('../pages/configuration.tsx'), 'ConfigurationPage'),
  ),
  at('/administration', () =>
    lazyRouteComponent(() => import('../pages/administration.tsx'), 'AdministrationPage'),
  ),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  // Plain texts in the address: ?state=down, not ?state=%22down%22.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search: Record<string, unknown>) => {
    const entries = Object.entries(search).filter(([, value]) => (value ?? '') !== '');
    const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
    return text.size === 0 ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
