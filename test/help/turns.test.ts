import { describe, expect, test } from 'vitest';
import { mayAsk, mayLookUp } from '../../server/help/turns.ts';

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
    expect(names).toEqual([
      expect.stringMatching(/^help:network:[0-9a-f]{64}$/),
      expect.stringMatching(/^help:booking:[0-9a-f]{64}$/),
      expect.stringMatching(/^help:booking:[0-9a-f]{64}$/),
    ]);
    expect(new Set(names).size).toBe(3);
  });
});
