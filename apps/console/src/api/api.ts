// The one client of this page, and what every page asks first: who am I, and what may I do.
import type { Carrier, Me, Organisation, Page, Verb } from '@rmh/contract/api';
import { ApiProblem, createClient, type Query } from '@rmh/contract/client';
import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';

let csrf: string | null = null;

export const api = createClient({ csrf: () => csrf });

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A "no" stays a no; a line that broke may be back in a moment.
      retry: (count, error) => !(error instanceof ApiProblem) && count < 2,
    },
  },
});

export function useMe(): { readonly me: Me | undefined; readonly error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ['me'],
    queryFn: async () => {
      const me = await api.get<Me>('/me');
      csrf = me.csrf;
      return me;
    },
    staleTime: 60_000,
  });
  return { me: data, error };
}

/** Whether the asker has the verb anywhere; the server decides for each thing. */
export function useMay(): (verb: Verb) => boolean {
  const { me } = useMe();
  return (verb) => me?.verbs.some((one) => one.verb === verb) ?? false;
}

/** A plain GET, asked again each `everyMs`. The path and the query are its key. */
export function useGet<T>(path: string, query: Query = {}, options: GetOptions = {}) {
  return useQuery<T>({
    queryKey: [path, query],
    queryFn: ({ signal }) => api.get<T>(path, query, signal),
    enabled: options.enabled ?? true,
    ...(options.everyMs !== undefined && { refetchInterval: options.everyMs }),
    ...(options.keep === true && { placeholderData: keepPreviousData }),
  });
}

interface GetOptions {
  readonly enabled?: boolean;
  readonly everyMs?: number;
  /** Shows the answer to the query before while the next is on its way. */
  readonly keep?: boolean;
}

/** A paged list, one page after another as the reader asks for more. */
export function usePages<T>(path: string, query: Query = {}, everyMs?: number) {
  const pages = useInfiniteQuery({
    queryKey: [path, query, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, { ...query, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<T>) => last.next,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  });
  return { ...pages, items: pages.data?.pages.flatMap((page) => page.items) };
}

/** Lists short enough to hold whole: the tree, carriers, cells. 20 pages of 500 are 10,000 rows. */
export function useAllPages<T>(path: string, query: Query = {}) {
  return useQuery({
    queryKey: [path, query, 'all'],
    queryFn: async () => {
      const items: T[] = [];
      for await (const item of api.pages<T>(path, { limit: 500, ...query })) {
        if (items.push(item) >= 10_000) break;
      }
      return items;
    },
    staleTime: 60_000,
  });
}

export const useOrganisations = () => useAllPages<Organisation>('/organisations');
export const useCarriers = () => useAllPages<Carrier>('/carriers');

export interface Write {
  readonly path: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly version?: number;
  readonly idempotencyKey?: string;
}

/** A write; afterwards every list whose path begins with one of `touches` is asked anew. */
export function useWrite<T = unknown>(touches: readonly string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ path, method = 'POST', ...call }: Write) => {
      const { body } = await api.call<T>(path, { method, ...call });
      return body;
    },
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [first] }) =>
          touches.some((path) => typeof first === 'string' && first.startsWith(path)),
      }),
  });
}
