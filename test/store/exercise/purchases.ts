import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { unique } from './world.ts';

export function exercisePurchases({ verb, store }: Exercise): void {
  const purchase = (orderId: number, purchaseId = unique('purchase')) => ({
    site: '',
    source: 'amelia' as const,
    purchaseId,
    orderId,
  });

  verb('claimPurchases', () => {
    it('keeps the first order that asks, for each purchase', async () => {
      const mine = purchase(1);
      await store().claimPurchases({ rows: [mine] });
      await store().claimPurchases({ rows: [{ ...mine, orderId: 2 }] });
      expect(await store().findPurchases({ keys: [mine] })).toEqual([mine]);
    });
    it('gives one of two racing orders the purchase', async () => {
      const { purchaseId } = purchase(0);
      const rows = [1, 2, 3, 4].map((orderId) => purchase(orderId, purchaseId));
      await Promise.all(rows.map((row) => store().claimPurchases({ rows: [row] })));
      expect(await store().findPurchases({ keys: rows.slice(0, 1) })).toHaveLength(1);
    });
    it('does nothing with no rows', async () => {
      await expect(store().claimPurchases({ rows: [] })).resolves.toBeUndefined();
    });
  });

  verb('findPurchases', () => {
    it('tells sites and sources apart, byte by byte', async () => {
      const mine = purchase(7, unique('Abc'));
      await store().claimPurchases({ rows: [mine] });
      const strangers = [
        { ...mine, site: 'second' },
        { ...mine, source: 'bookly' as const },
        { ...mine, purchaseId: mine.purchaseId.toUpperCase() },
      ];
      expect(await store().findPurchases({ keys: strangers })).toEqual([]);
      expect(await store().findPurchases({ keys: [] })).toEqual([]);
    });
  });

  verb('findPurchasesOfOrders', () => {
    it('gives what the orders answer for, and nothing for others', async () => {
      const orderId = Math.floor(Math.random() * 1e9) + 1e6;
      const rows = [purchase(orderId), purchase(orderId)];
      await store().claimPurchases({ rows });
      const found = await store().findPurchasesOfOrders({ orderIds: [orderId, orderId + 1] });
      expect(found.map((row) => row.purchaseId).sort()).toEqual(rows.map((row) => row.purchaseId).sort());
      expect(await store().findPurchasesOfOrders({ orderIds: [] })).toEqual([]);
    });
  });
}
