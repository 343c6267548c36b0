import { createTRPCClient, httpLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { AppRouter } from '../../server/rpc/router.ts';
import { timedFetch } from './pace.ts';
import { queryClient } from './query-client.ts';
import { csrf } from './session.ts';

/**
 * The procedures of the server. SECURITY: queries are POSTed too, so that a key that somebody looks for never stands in
 * an address, and so in no log.
 */
export const client = createTRPCClient<AppRouter>({
  links: [
    httpLink({
      url: '/trpc',
      methodOverride: 'POST',
      fetch: timedFetch,
      headers: () => ({ 'x-keybank-csrf': csrf() }),
    }),
  ],
});

/** Options for useQuery, useInfiniteQuery and useMutation. */
export const api = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
