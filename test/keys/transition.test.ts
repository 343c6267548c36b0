import { describe, expect, test } from 'vitest';
import type { Wish } from '../../server/keys/policy.ts';
import { isCalledOff, transition, type Circumstances } from '../../server/keys/transition.ts';
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
    calledOff: false,
    granted: false,
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
    isOld: false,
    owesLess: false,
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

describe('an order that staff set going in spite of its booking’s cancellation', () => {
  const revived = (about: Partial<OrderRow> = {}) =>
    order({ status: 'fulfilled', stopped: false, calledOff: true, granted: true, ...about });
  test('stays when the same cancellation is read again; a newer snapshot of it is for a person', () => {
    for (const about of [{ replays: true }, { replays: true, revives: true }])
      expect(step(CANCEL, 3, about, revived())).toMatchObject({ do: 'stay', answer: 'duplicate' });
    expect(step(CANCEL, null, {}, revived({ rev: null }))).toMatchObject({ do: 'stay' });
    expect(step(CANCEL, 4, {}, revived())).toMatchObject({
      do: 'flag',
      note: 'still approved in WordPress; staff had set the order going, nothing was moved',
    });
  });
  test('is no longer called off once the plugin says anything else, though it asks for nothing', () => {
    const nothing: Wish = { kind: 'nothing', why: 'no-show changes nothing' };
    expect(step(nothing, 4, {}, revived())).toMatchObject({ do: 'stay', learn: true });
    expect(isCalledOff(revived(), booking({ externalId: '13', rev: 4 }), nothing, false)).toBe(false);
    expect(isCalledOff(revived(), booking({ externalId: '13', rev: 3 }), nothing, false)).toBe(true);
  });
  test('is for a person when it is approved again and worth more than staff gave', () => {
    expect(step(SELL, 4, { owesLess: true }, revived())).toMatchObject({ do: 'flag' });
    expect(step(SELL, 4, {}, revived())).toMatchObject({ do: 'stay' });
    expect(step(SELL, 3, { replays: true, owesLess: true }, revived({ calledOff: false }))).toMatchObject({
      do: 'stay',
    });
  });
  test('learns that the booking lives again, and is cancelled by the next cancellation', () => {
    expect(step(SELL, 4, {}, revived())).toMatchObject({ do: 'stay', learn: true });
    expect(step(CANCEL, 5, {}, revived({ calledOff: false, rev: 4 }))).toEqual({ do: 'move', wish: CANCEL });
  });
  test('learns it of a sender without revisions only when that is told anew', () => {
    const raw = revived({ rev: null });
    expect(step(SELL, null, {}, raw)).toMatchObject({ do: 'stay', learn: true });
    expect(step(SELL, null, { isOld: true }, raw)).toMatchObject({ do: 'stay', learn: false });
  });
});

describe('an order that waits for what staff gave it', () => {
  const granted = (about: Partial<OrderRow> = {}) =>
    order({ status: 'waiting', stopped: false, granted: true, ...about });
  test.each(WISHES)('stays, whatever its booking is worth by the rules ($kind)', (wish) => {
    for (const about of [{}, { replays: true }, { replays: true, revives: true }])
      expect(step(wish, 4, about, granted())).toMatchObject({ do: 'stay', answer: 'duplicate' });
  });
  test('is flagged when the booking is for something else now', () => {
    expect(step(SELL, 4, {}, granted({ units: 2 }))).toMatchObject({ do: 'flag' });
    expect(step({ kind: 'ignore', why: 'x' }, 4, {}, granted({ itemId: '2' }))).toMatchObject({ do: 'flag' });
  });
  test('is cancelled with its booking', () => {
    expect(step(CANCEL, 4, {}, granted())).toEqual({ do: 'move', wish: CANCEL });
  });
});
