import { expect, it } from 'vitest';
import type { Store } from '../../../server/store/store.ts';
import type { Exercise } from './exercise.ts';
import { unique } from './world.ts';

const HOUR = 3_600_000;

export function exerciseTurns({ verb, store, opened }: Exercise): void {
  const take = (name: string, limit: number, windowMs = HOUR, from: Store = store()) =>
    from.takeTurn({ name, limit, windowMs });
  const kept = async (...names: string[]) => {
    const list = names.map((name) => `'${name}'`).join(', ');
    const rows = await opened().peek(`SELECT name, taken FROM turns WHERE name IN (${list}) ORDER BY name`);
    return rows.map((row) => [row['name'], row['taken']]);
  };

  verb('takeTurn', () => {
    it('is true as often as the limit says, and then false', async () => {
      const name = unique('turn');
      const taken: boolean[] = [];
      for (let nth = 0; nth < 5; nth++) taken.push(await take(name, 3));
      expect(taken).toEqual([true, true, true, false, false]);
      expect(await kept(name), 'what was refused is not counted').toEqual([[name, 3]]);
    });
    it('is never true for a limit of 0', async () => {
      const name = unique('turn');
      expect(await take(name, 0)).toBe(false);
      expect(await take(name, 0, 0)).toBe(false);
      expect(await take(name, 1)).toBe(true);
    });
    it('counts anew when the window is over', async () => {
      const name = unique('turn');
      expect(await take(name, 2, 0)).toBe(true);
      expect(await take(name, 2)).toBe(true);
      expect(await kept(name)).toEqual([[name, 1]]);
      expect(await take(name, 2)).toBe(true);
      expect(await take(name, 2)).toBe(false);
    });
    it('keeps the window that the first turn opened', async () => {
      const name = unique('turn');
      await take(name, 9);
      const [before] = await opened().peek(`SELECT until_at FROM turns WHERE name = '${name}'`);
      await take(name, 9, 2 * HOUR);
      expect(await opened().peek(`SELECT until_at FROM turns WHERE name = '${name}'`)).toEqual([before]);
    });
    it('follows a limit that is raised or lowered', async () => {
      const name = unique('turn');
      expect(await take(name, 1)).toBe(true);
      expect(await take(name, 1)).toBe(false);
      expect(await take(name, 2)).toBe(true);
      expect(await take(name, 1)).toBe(false);
    });
    it('keeps names apart byte by byte', async () => {
      const name = unique('turn-a');
      expect(await take(name, 1)).toBe(true);
      expect(await take(name.toUpperCase(), 1)).toBe(true);
    });
    it('gives twenty callers on two replicas no more than the limit, in a first window and in a later one', async () => {
      const replica = await opened().again(8);
      const name = unique('turn');
      for (const windowMs of [HOUR, 0]) {
        await opened().peek(`DELETE FROM turns WHERE name = '${name}'`);
        if (windowMs === 0) await take(name, 1, 0);
        const callers = Array.from({ length: 20 }, (_, nth) =>
          take(name, 7, HOUR, nth % 2 === 0 ? store() : replica),
        );
        expect((await Promise.all(callers)).filter(Boolean)).toHaveLength(7);
      }
    });
  });

  verb('forgetTurns', () => {
    it('drops counters whose window is over, and no others', async () => {
      const [open, over] = [unique('turn-a'), unique('turn-b')];
      await take(open, 1);
      await take(over, 1, 0);
      await store().forgetTurns();
      expect(await kept(open, over)).toEqual([[open, 1]]);
      expect(await take(open, 1)).toBe(false);
    });
  });
}
