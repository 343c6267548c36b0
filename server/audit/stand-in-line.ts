import type { RetryDeps } from '../store/retry.ts';
import { storeErrorCode } from '../store/store-error.ts';
import { pause } from '../timers.ts';

/** Acts on one subject at the same moment stand in line: as many may as staff will ever be. */
const TRIES = 20;
const LONGEST_DELAY_MS = 50;

/** Runs an act whose subject nothing locks: another act wrote the next line of its trail first, so it is done again. */
export async function standInLine<T>(deps: RetryDeps, act: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await act();
    } catch (error) {
      if (storeErrorCode(error) !== 'store.duplicate' || round >= TRIES) throw error;
      await pause(deps.timers, deps.random() * LONGEST_DELAY_MS);
    }
  }
}
