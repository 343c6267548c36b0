import { useSyncExternalStore } from 'react';

let isAway = false;
const listeners = new Set<() => void>();

/** Whether the last question got no answer; what is on the screen is older than it seems then. */
export function useAway(): boolean {
  return useSyncExternalStore(subscribe, () => isAway);
}

export function noteAway(now: boolean): void {
  if (now === isAway) return;
  isAway = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
