/** An hour without use ends a session; a page that nobody sits at must not keep it open by asking for news. */
const REST_MS = 15 * 60_000;

let movedAt = Date.now();
const listeners = new Set<() => void>();

/** Whether somebody moved, typed or touched within the last quarter of an hour. */
export function isAttentive(): boolean {
  return Date.now() - movedAt < REST_MS;
}

/** Calls back when somebody returns after a rest. */
export function onReturn(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

for (const name of ['pointermove', 'pointerdown', 'keydown', 'scroll'])
  addEventListener(
    name,
    () => {
      const wasAway = !isAttentive();
      movedAt = Date.now();
      if (wasAway) for (const listener of listeners) listener();
    },
    { passive: true },
  );
