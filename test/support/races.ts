import { expect } from 'vitest';
import type { Course, Shop } from './shop.ts';

const ROUNDS = 20;

export interface Races {
  /** Plays a story again and again, each time with a course of its own; every promise must hold at the end. */
  rounds(stock: number, story: (course: Course, round: number) => Promise<void>): Promise<void>;
  /** Both at once, each having looked before the other acts; who is asked first takes turns. */
  both<A, B>(round: number, one: () => Promise<A>, two: () => Promise<B>): Promise<[A, B]>;
}

/** `shop` is asked for when a race begins: it is opened after the stories are told. */
export function openRaces(shop: () => Shop): Races {
  return {
    async rounds(stock, story) {
      const { world, otherCore, course } = shop();
      for (let round = 0; round < ROUNDS; round += 1) await story(await course(stock), round);
      await world.core.idle();
      await otherCore.idle();
      expect(await world.broken()).toEqual([]);
    },
    async both(round, one, two) {
      const open = shop().gate(2);
      if (round % 2 === 0) return Promise.all([one().finally(open), two().finally(open)]);
      const [b, a] = await Promise.all([two().finally(open), one().finally(open)]);
      return [a, b];
    },
  };
}
