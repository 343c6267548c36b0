import { QueryCache, QueryClient, type Query } from '@tanstack/react-query';
import { isAttentive, onTurn } from './attentive.ts';
import { restMs } from './pace.ts';
import { faultOf, isSignedOut } from './server-fault.ts';
import { SESSION_KEY } from './session.ts';

/** How often what is on the screen is asked for anew. */
const POLL_MS = 5_000;
/** A list of more pages than these rests: somebody is reading it, and each page would be asked for again. */
const POLLED_PAGES = 2;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (isSignedOut(error) && query.queryKey[0] !== SESSION_KEY[0])
        void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    },
  }),
  defaultOptions: {
    queries: {
      refetchInterval: every(POLL_MS),
      refetchOnWindowFocus: () => isAttentive(),
      refetchOnReconnect: () => isAttentive(),
      // A server on this machine answers without a network; and where none does, the page says so rather than wait.
      networkMode: 'always',
      staleTime: 2_000,
      // What the server refused, it refuses again; a lost answer is worth another try.
      retry: (failures, error) => faultOf(error).status === null && failures < 2,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

// What rested meanwhile is asked for anew; what was just being asked is left, and no clock goes on.
onTurn(() => {
  if (isAttentive()) return refresh();
  void queryClient.cancelQueries({ predicate: ({ state }) => state.data !== undefined });
  for (const { observers } of queryClient.getQueryCache().getAll())
    for (const observer of observers) observer.setOptions(observer.options);
});

/** Asks anew for all that is asked for again and again; what was counted once, to be acted on as it was shown, stays. */
export function refresh(): void {
  void queryClient.invalidateQueries({ predicate: isPolled });
}

/** Whether it is asked for again and again, and not once. */
export function isPolled({ observers }: Pick<Query, 'observers'>): boolean {
  return observers.some(({ options }) => options.refetchInterval !== false);
}

/** What of a query decides how often it is asked. */
export interface Asked {
  state: { data: unknown };
  /** tRPC's begins with the procedure's path. */
  queryKey: readonly unknown[];
}

/** Asks anew so often, or less where the answer takes long, while somebody is there; TanStack Query itself asks for nothing while the page is hidden. */
export function every(ms: number): (query: Asked) => number | false {
  return ({ state, queryKey: [path] }) => {
    if (!isAttentive() || isLong(state.data)) return false;
    return Array.isArray(path) ? Math.max(ms, restMs(path.join('.'))) : ms;
  };
}

/** Of so many pages that it rests. */
export function isLong(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('pages' in data)) return false;
  return Array.isArray(data.pages) && data.pages.length > POLLED_PAGES;
}
