import type { Clock } from '../clock.ts';
import type { Verbs } from '../store/store.ts';

/** A hint older than this is not used: locked keys below it may have come free again. */
const HINT_MAX_AGE_MS = 1000;

/**
 * Claims the oldest free keys of a product, with a low-water mark per SKU: delete-marked index entries, kept alive by a
 * long snapshot, made a claim from the head take 60 ms instead of 1 ms (docs/why-skip-locked.md). The mark is a hint of
 * this process only: anything that looks short is asked again from zero.
 */
export interface Claimer {
  claim(tx: Verbs, sku: string, limit: number): Promise<number[]>;
  /** Call after COMMIT with the highest key taken. */
  settled(sku: string, highestId: number): void;
  /** Call on rollback, release and import: keys below the mark may be free. */
  reset(skus: Iterable<string>): void;
  /** On rollback: all marks, since the lost transaction may have been the one that moved them. */
  resetAll(): void;
}

export function createClaimer(clock: Clock): Claimer {
  const marks = new Map<string, { afterId: number; at: number }>();
  return {
    async claim(tx, sku, limit) {
      const mark = marks.get(sku);
      if (mark && clock.now().getTime() - mark.at < HINT_MAX_AGE_MS) {
        const keys = await tx.claimKeys({ sku, limit, afterId: mark.afterId });
        if (keys.length === limit) return keys.map((key) => key.id);
      }
      // Too old, or short: from the head of the queue, and the next mark counts its age from here.
      marks.delete(sku);
      const keys = await tx.claimKeys({ sku, limit, afterId: 0 });
      return keys.map((key) => key.id);
    },
    settled(sku, highestId) {
      const mark = marks.get(sku);
      if (!mark) marks.set(sku, { afterId: highestId, at: clock.now().getTime() });
      // The age counts from the last look at the head of the queue, so that a busy product looks there each second too.
      else if (highestId > mark.afterId) mark.afterId = highestId;
    },
    reset(skus) {
      for (const sku of skus) marks.delete(sku);
    },
    resetAll: () => marks.clear(),
  };
}
