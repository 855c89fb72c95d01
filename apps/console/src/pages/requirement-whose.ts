import { useFilters } from '../app/search.ts';

/** Which part of the country, and which of the two fleets, the page's questions are about. */
export function useWhose() {
  const [filters] = useFilters();
  const simulated = filters['fleet'] === 'simulated' ? 'true' : 'false';
  return { organisationId: filters['organisationId'], simulated };
}
