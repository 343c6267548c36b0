import { describe, expect, test } from 'vitest';
import type { Wish } from '../../server/keys/policy.ts';
import { transition, type Circumstances } from '../../server/keys/transition.ts';
import type { OrderRow } from '../../server/store/rows.ts';
import { booking } from '../support/world.ts';

const SELL: Wish = { kind: 'sell', lines: [{ sku: 'A', quantity: 1 }] };
const WISHES: Wish[] = [
  SELL,
  { kind: 'hold', lines: [{ sku: 'A', quantity: 1 }] },
  { kind: 'ask', reason: 'unmapped', why: 'not mapped' },
  { kind: 'ignore', why: 'sells no key' },
];
const CANCEL: Wish = { kind: 'cancel', why: 'the booking is cancelled' };

function order(about: Partial<OrderRow> = {}): OrderRow {
  return {
    id: 1,
    site: '',
    source: 'amelia',
    externalId: '13',
    status: 'cancelled',
    reason: null,
    rev: 3,
    email: 'buyer-13@example.test',
    name: null,
    coupon: null,
    locale: null,
    itemKind: 'service',
    itemId: '1',
    itemName: null,
    units: 1,
    lastDeliveryId: 'd1',
    firstDeliveryId: 'd1',
    stopped: true,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...about,
  };
}

const step = (wish: Wish, rev: number | null, about: Partial<Circumstances> = {}, row = order()) =>
  transition(row, booking({ externalId: '13', rev }), wish, {
    coversPurchase: false,
    replays: false,
    revives: false,
    ...about,
  });

describe('an order that staff cancelled', () => {
  test.each(WISHES)('is not set going by a newer revision ($kind); a person is told', (wish) => {
    expect(step(wish, 4)).toMatchObject({
      do: 'flag',
      note: expect.stringContaining('after staff cancelled'),
    });
  });
  test.each(WISHES)('nor by a sender without revisions ($kind)', (wish) => {
    expect(step(wish, null, {}, order({ rev: null }))).toMatchObject({
      do: 'flag',
      note: expect.stringContaining('after staff cancelled'),
    });
  });
  test.each([3, 2, null])('has nothing to say to revision %j, which is not newer', (rev) => {
    expect(step(SELL, rev)).toMatchObject({ do: 'stay', answer: 'duplicate' });
  });
  test('takes a further cancellation as a duplicate, and learns its revision', () => {
    expect(step(CANCEL, 4)).toMatchObject({ do: 'stay', answer: 'duplicate', learn: true });
  });
  test.each(WISHES)(
    'moves when staff read its last delivery again ($kind), with a revision or without',
    (wish) => {
      expect(step(wish, 3, { replays: true, revives: true })).toEqual({ do: 'move', wish });
      const raw = order({ rev: null });
      expect(step(wish, null, { replays: true, revives: true }, raw)).toEqual({ do: 'move', wish });
    },
  );
  test('moves when staff read a flagged delivery of a raw sender again, which never moved it', () => {
    expect(step(SELL, null, { revives: true }, order({ rev: null }))).toEqual({ do: 'move', wish: SELL });
  });
  test('stays when a job or a bulk replay reads its last delivery again', () => {
    expect(step(SELL, 3, { replays: true })).toMatchObject({ do: 'stay', answer: 'duplicate' });
  });
  test('stays when staff read an older delivery again', () => {
    expect(step(SELL, 2, { revives: true })).toMatchObject({ do: 'stay', answer: 'duplicate' });
  });
});

test('an order that its booking cancelled moves by a newer revision, as ever', () => {
  expect(step(SELL, 4, {}, order({ stopped: false }))).toEqual({ do: 'move', wish: SELL });
});
