import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { unique } from './world.ts';

const HOUR = 3_600_000;
/** 31 years in milliseconds: no test sees the end of such a slot. Half of it makes the number of a later slot. */
const AGE = 1_000_000_000_000;

export function exerciseJobs({ verb, store, opened }: Exercise): void {
  const eightAtOnce = (work: () => Promise<boolean>) => Promise.all(Array.from({ length: 8 }, work));
  const databaseMs = async () => {
    const clock =
      store().engine === 'postgres'
        ? 'floor(extract(epoch FROM clock_timestamp()) * 1000)'
        : 'FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)';
    const [row] = await opened().peek(`SELECT ${clock} AS ms`);
    return Number(row?.['ms']);
  };

  verb('takeJobSlot', () => {
    it('is true once a slot, and never for a slot that has passed', async () => {
      const name = unique('job');
      const taken: boolean[] = [];
      for (const everyMs of [AGE, AGE, AGE / 2, AGE, AGE / 2, AGE / 4])
        taken.push(await store().takeJobSlot({ name, everyMs }));
      expect(taken).toEqual([true, false, true, false, false, true]);
    });
    it('keeps jobs apart by name', async () => {
      const [one, two] = [unique('job'), unique('job')];
      expect(await store().takeJobSlot({ name: one, everyMs: AGE })).toBe(true);
      expect(await store().takeJobSlot({ name: two, everyMs: AGE })).toBe(true);
    });
    it('is true for exactly one of eight callers, the very first time and later', async () => {
      const name = unique('job');
      for (const everyMs of [AGE, AGE / 2, AGE / 4]) {
        const taken = await eightAtOnce(() => store().takeJobSlot({ name, everyMs }));
        expect(taken.filter(Boolean)).toHaveLength(1);
      }
    });
    it('counts the slots since 1970 by the clock of the database, to the millisecond', async () => {
      const name = unique('job');
      const before = await databaseMs();
      expect(await store().takeJobSlot({ name, everyMs: 1 })).toBe(true);
      const after = await databaseMs();
      const [row] = await opened().peek(`SELECT slot FROM jobs WHERE name = '${name}'`);
      const slot = Number(row?.['slot']);
      expect(slot).toBeGreaterThanOrEqual(before);
      expect(slot).toBeLessThanOrEqual(after);
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
      expect(await store().takeJobSlot({ name, everyMs: AGE })).toBe(true);
      expect(await store().takeCooldown({ name, cooldownMs: HOUR })).toBe(true);
      expect(await store().takeJobSlot({ name, everyMs: AGE / 2 })).toBe(true);
    });
  });
}
