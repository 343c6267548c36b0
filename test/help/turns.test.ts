import { expect, test } from 'vitest';
import { mayAsk, mayBeSent } from '../../server/help/turns.ts';

test('whose turn it is, is kept under names that hold nobody’s address, and are short', async () => {
  const names: string[] = [];
  const store = {
    async takeTurn({ name }: { name: string }) {
      names.push(name);
      return true;
    },
  };
  await mayAsk(store, '203.0.113.9');
  await mayBeSent(store, { email: `${'x'.repeat(280)}@example.test`, orderId: 1 });
  await mayBeSent(store, { email: 'ada@example.test', orderId: 2 });
  const [network, booking, address] = ['network', 'booking', 'address'].map((of) =>
    expect.stringMatching(new RegExp(`^help:${of}:[0-9a-f]{64}$`)),
  );
  expect(names).toEqual([network, booking, address, booking, address]);
  expect(new Set(names).size).toBe(5);
});
