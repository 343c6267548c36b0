import { notifyManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isLong, isPolled, queryClient } from './query-client.ts';
import { faultOf, isSignedOut } from './server-fault.ts';

const cache = queryClient.getQueryCache();
export const AWAY = 'The server does not answer; what you see may be old. This page asks again by itself.';

/**
 * Why what is on the screen may be older than it seems, in a sentence; null while all of it is asked for with success. What is
 * asked for once says so in its own place.
 */
export function useAway(): string | null {
  return useSyncExternalStore(subscribe, whyOld);
}

function whyOld(): string | null {
  const faults = cache
    .getAll()
    .filter((query) => query.isActive() && query.state.status === 'error')
    .filter((query) => isPolled(query) && !isLong(query.state.data))
    .flatMap(({ state: { error, data } }) =>
      isSignedOut(error) ? [] : [{ ...faultOf(error), isShown: data !== undefined }],
    );
  if (faults.some(({ status }) => status === null)) return AWAY;
  const old = faults.find(({ isShown }) => isShown);
  return old ? `What you see may be old: ${old.sentence} This page asks again by itself.` : null;
}

function subscribe(listener: () => void): () => void {
  return cache.subscribe(notifyManager.batchCalls(listener));
}
