import { describe, expect, test } from 'vitest';
import { shortages } from '../../server/mail/shortages.ts';
import type { OrderRow, StockLevel } from '../../server/store/rows.ts';

const since = (minute: number) => new Date(Date.UTC(2026, 10, 22, 20, minute));

function order(id: number, minute: number): OrderRow {
  return {
    id,
    site: '',
    source: 'amelia',
    externalId: String(id),
    status: 'waiting',
    reason: null,
    rev: null,
    email: 'ann@buyer.example',
    name: 'Ann',
    coupon: null,
    locale: null,
    itemKind: null,
    itemId: null,
    itemName: null,
    units: 1,
    stopped: false,
    calledOff: false,
    granted: false,
    firstDeliveryId: 'd',
    lastDeliveryId: 'd',
    createdAt: since(minute),
    updatedAt: since(minute),
  };
}
const level = (sku: string, available: number, waiting: number): StockLevel => ({
  sku,
  name: `Course ${sku}`,
  lowStock: null,
  available,
  assigned: 0,
  held: 0,
  revoked: 0,
  waiting,
});
const line = (orderId: number, sku: string, quantity = 1) => ({ orderId, sku, quantity });

describe('the orders that wait', () => {
  test('are named per product, oldest first, with what each is owed', () => {
    const told = shortages({
      orders: [order(1, 9), order(2, 5)],
      lines: [line(1, 'AID'), line(2, 'AID', 3)],
      levels: [level('AID', 1, 4)],
    });
    expect(told).toEqual([
      {
        sku: 'AID',
        name: 'Course AID',
        available: 1,
        keysOwed: 4,
        orders: [
          { orderId: 'amelia:2', keys: 3, since: since(5) },
          { orderId: 'amelia:1', keys: 1, since: since(9) },
        ],
        more: 0,
      },
    ]);
  });

  test('beyond twenty are counted', () => {
    const orders = Array.from({ length: 23 }, (_, at) => order(at + 1, at));
    const [product] = shortages({
      orders,
      lines: orders.map(({ id }) => line(id, 'AID')),
      levels: [level('AID', 0, 23)],
    });
    expect(product?.orders).toHaveLength(20);
    expect(product?.more).toBe(3);
  });

  test('do not blame a product that has enough for all', () => {
    const told = shortages({
      orders: [order(1, 1)],
      lines: [line(1, 'AID'), line(1, 'PLENTY')],
      levels: [level('AID', 0, 1), level('PLENTY', 50, 1)],
    });
    expect(told.map(({ sku }) => sku)).toEqual(['AID']);
  });

  test('are told even when the stock has just come: nobody has served them yet', () => {
    const told = shortages({
      orders: [order(1, 1)],
      lines: [line(1, 'AID')],
      levels: [level('AID', 5, 1)],
    });
    expect(told).toMatchObject([{ sku: 'AID', available: 5, orders: [{ orderId: 'amelia:1' }] }]);
  });
});
