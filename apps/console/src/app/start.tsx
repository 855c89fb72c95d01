// Where one begins: the overview, or for who sees no vehicles (a carrier's contact) the cases.
import { Navigate } from '@tanstack/react-router';
import { useMe } from '../api/api.ts';
import { OverviewPage } from '../pages/overview.tsx';

export function StartPage() {
  const { me } = useMe();
  const may = (verb: string): boolean => me?.verbs.some((one) => one.verb === verb) ?? false;
  // Until it is known who asks, the overview is on its way: most see it.
  if (me !== undefined && !may('vehicle.read') && may('case.write')) {
    return <Navigate to="/carriers" replace />;
  }
  return <OverviewPage />;
}
