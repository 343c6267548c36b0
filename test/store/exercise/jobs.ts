import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { unique } from './world.ts';

const HOUR = 3_600_000;

export function exerciseJobs({ verb, store }: Exercise): void {
  const eightAtOnce = (work: () => Promise<boolean>) => Promise.all(Array.from({ length: 8 }, work));

  verb('takeJobSlot', () => {
    it('is true once a slot, and never for a slot that has passed', async () => {
      const name = unique('job');
      const taken: boolean[] = [];
      for (const slot of [5, 5, 6, 4, 6, 5, 7]) taken.push(await store().takeJobSlot({ name, slot }));
      expect(taken).toEqual([true, false, true, false, false, false, true]);
    });
    it('keeps jobs apart by name', async () => {
      const [one, two] = [unique('job'), unique('job')];
      expect(await store().takeJobSlot({ name: one, slot: 1 })).toBe(true);
      expect(await store().takeJobSlot({ name: two, slot: 1 })).toBe(true);
    });
    it('is true for exactly one of eight callers, the very first time and later', async () => {
      const name = unique('job');
      for (const slot of [494_000, 494_001, 494_002]) {
        const taken = await eightAtOnce(() => store().takeJobSlot({ name, slot }));
        expect(taken.filter(Boolean)).toHaveLength(1);
      }
    });
    it('takes a slot that counts milliseconds', async () => {
      const name = unique('job');
      expect(await store().takeJobSlot({ name, slot: 1_795_000_000_000 })).toBe(true);
      expect(await store().takeJobSlot({ name, slot: 1_795_000_000_000 })).toBe(false);
    });
  });

  verb('takeCooldown', () => {
    it('is true the first time, then false until the cooldown has passed', async () => {
      const name = unique('cooldown');
      expect(await store().takeCooldown({ name, cooldownMs: HOUR })).toBe(true);
      expect(await store().takeCooldown({ name, cooldownMs: HOUR })).toBe(false);
    });
    it('is true again once the cooldown has passed', async () => {
      const name = unique('cooldown');
      expect(await store().takeCooldown({ name, cooldownMs: 0 })).toBe(true);
      expect(await store().takeCooldown({ name, cooldownMs: 0 })).toBe(true);
    });
    it('is true for exactly one of eight callers', async () => {
      const name = unique('cooldown');
      const taken = await eightAtOnce(() => store().takeCooldown({ name, cooldownMs: HOUR }));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });
    it('shares no name with the job slots', async () => {
      const name = unique('both');
      expect(await store().takeJobSlot({ name, slot: 1 })).toBe(true);
      expect(await store().takeCooldown({ name, cooldownMs: HOUR })).toBe(true);
      expect(await store().takeJobSlot({ name, slot: 2 })).toBe(true);
    });
  });
}
