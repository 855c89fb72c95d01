// Filters of a page, read from the address and written back to it.
import { useNavigate, useSearch } from '@tanstack/react-router';

export type Filters = Readonly<Record<string, string | undefined>>;

export function useFilters(): readonly [Filters, (change: Filters) => void] {
  const search = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const change = (changed: Filters): void => {
    void navigate({ to: '.', search: { ...search, ...changed }, replace: true });
  };
  return [search, change];
}
