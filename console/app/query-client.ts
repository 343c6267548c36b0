import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isAttentive, onTurn } from './attentive.ts';
import { noteAway } from './away.ts';
import { restMs } from './pace.ts';
import { faultOf, isSignedOut } from './server-fault.ts';
import { SESSION_KEY, type Member } from './session.ts';

/** How often what is on the screen is asked for anew. */
const POLL_MS = 5_000;
/** A list of more pages than these rests: somebody is reading it, and each page would be asked for again. */
const POLLED_PAGES = 2;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onSuccess: () => noteAway(false),
    onError: (error, query) => {
      noteAway(faultOf(error).status === null);
      if (isSignedOut(error) && query.queryKey[0] !== SESSION_KEY[0])
        void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    },
  }),
  defaultOptions: {
    queries: {
      refetchInterval: every(POLL_MS),
      refetchOnWindowFocus: () => isAttentive(),
      staleTime: 2_000,
      // What the server refused, it refuses again; a lost answer is worth another try.
      retry: (failures, error) => faultOf(error).status === null && failures < 2,
    },
    mutations: { retry: false },
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
  void queryClient.invalidateQueries({
    predicate: ({ observers }) => observers.some(({ options }) => options.refetchInterval !== false),
  });
}

/** Somebody else sits here now, or nobody: what the former one saw is forgotten. */
export function changeMember(member: Member | null): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  queryClient.setQueryData(SESSION_KEY, member);
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

function isLong(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('pages' in data)) return false;
  return Array.isArray(data.pages) && data.pages.length > POLLED_PAGES;
}
