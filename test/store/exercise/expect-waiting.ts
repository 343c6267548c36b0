import { expect } from 'vitest';
import type { Store } from '../../../server/store/store.ts';

// A statement that does not wait is answered within two or three round trips; thirty leave no doubt.
const ROUND_TRIPS = 30;

/** Shows that `work` is still under way after many round trips to the same server. */
export async function expectWaiting(work: Promise<unknown>, store: Store): Promise<void> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  work.then(note, note);
  for (let trip = 0; trip < ROUND_TRIPS; trip++) await store.ping();
  expect(settled, 'the work waits for the other transaction').toBe(false);
}
