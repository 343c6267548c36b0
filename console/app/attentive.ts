/** An hour without use ends a session; a page that nobody sits at must not keep it open by asking for news. */
const REST_MS = 15 * 60_000;

let movedAt = Date.now();
let dialogs = 0;
const listeners = new Set<() => void>();

/** Whether news is wanted: somebody moved, typed or touched within the last quarter of an hour, and is not in the middle of an act. */
export function isAttentive(): boolean {
  return Date.now() - movedAt < REST_MS && dialogs === 0;
}

/** While somebody acts, what they act on stays in its place under their dialog, and under one that follows it. Answers what ends that. */
export function holdStill(): () => void {
  dialogs += 1;
  tell();
  return () =>
    // One that follows has opened by then: nothing is asked between the two.
    void setTimeout(() => {
      dialogs -= 1;
      if (dialogs === 0) tell();
    });
}

/** Calls back when news is wanted again, and when it is not for now. */
export function onTurn(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

for (const name of ['pointermove', 'pointerdown', 'keydown', 'scroll'])
  addEventListener(
    name,
    () => {
      const wasAway = Date.now() - movedAt >= REST_MS;
      movedAt = Date.now();
      if (wasAway) tell();
    },
    { passive: true },
  );
