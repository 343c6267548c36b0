import { describe, expect, test } from 'vitest';
import { ASKS_PER_ADDRESS, mayAsk, mayLookUp } from '../../server/help/turns.ts';

describe('whose turn it is', () => {
  const names: string[] = [];
  const store = {
    async takeTurn({ name }: { name: string }) {
      names.push(name);
      return true;
    },
  };

  test('is kept under names that hold nobody’s address, and are short', async () => {
    const who = { email: `${'x'.repeat(280)}@example.test`, booking: '13' };
    await mayAsk(store, '203.0.113.9');
    await mayLookUp(store, who);
    await mayLookUp(store, { ...who, booking: '14' });
    const [network, address, booking] = ['network', 'address', 'booking'].map((of) =>
      expect.stringMatching(new RegExp(`^help:${of}:[0-9a-f]{64}$`)),
    );
    expect(names).toEqual([network, address, booking, address, booking]);
    expect(new Set(names).size).toBe(4);
  });

  test('is an address’s ten times an hour, however many bookings it names', async () => {
    const taken = new Map<string, number>();
    const counting = {
      async takeTurn({ name, limit }: { name: string; limit: number }) {
        taken.set(name, (taken.get(name) ?? 0) + 1);
        return (taken.get(name) ?? 0) <= limit;
      },
    };
    const answers: boolean[] = [];
    for (let booking = 1; booking <= ASKS_PER_ADDRESS + 2; booking += 1)
      answers.push(await mayLookUp(counting, { email: 'ada@example.test', booking: String(booking) }));
    expect(answers.filter(Boolean)).toHaveLength(ASKS_PER_ADDRESS);
    expect(answers.slice(-2)).toEqual([false, false]);
    expect(await mayLookUp(counting, { email: 'grace@example.test', booking: '1' })).toBe(true);
  });
});
