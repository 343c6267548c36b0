import { describe, expect, it } from 'vitest';
import { wish } from '../../server/keys/policy.ts';
import type { BookingEvent } from '../../shared/booking-event.ts';
import type { MappingRow } from '../../server/store/rows.ts';
import { booking } from '../support/world.ts';

const mapping: MappingRow = {
  site: '',
  source: 'amelia',
  kind: 'service',
  itemId: '1',
  sku: 'rqi_bls',
  quantity: 2,
  per: 'booking',
};
const ask = (about: Partial<BookingEvent>, context: Partial<Parameters<typeof wish>[1]> = {}) =>
  wish(booking({ externalId: '1', ...about }), { mapping, defaultSku: null, email: null, ...context });
const paid = (gateway: string, status: string, transactionId: string | null = null) => ({
  payment: { gateway, status, transactionId },
});

describe('what a booking is owed', () => {
  it('is keys per unit times units', () => {
    expect(ask({ quantity: 3 })).toEqual({ kind: 'sell', lines: [{ sku: 'rqi_bls', quantity: 6 }] });
  });

  it.each([
    ['approved, paid at the door', { status: 'approved' as const, ...paid('onSite', 'pending') }, 'sell'],
    ['approved, no payment row', { status: 'approved' as const, payment: null }, 'sell'],
    ['approved, free (Bookly)', { source: 'bookly' as const, ...paid('free', 'completed') }, 'sell'],
    ['approved, local unpaid (Bookly)', { source: 'bookly' as const, ...paid('local', 'pending') }, 'sell'],
    ['approved, PayPal unpaid', paid('payPal', 'pending'), 'hold'],
    ['approved, PayPal paid, told by the hook that follows payment', paid('payPal', 'paid'), 'sell'],
    ['approved, deposit paid', paid('stripe', 'partiallyPaid', 'ch_1'), 'sell'],
    [
      'approved, PayPal paid, found by the sweep with a transaction',
      { hook: 'sweep', ...paid('payPal', 'paid', 'T1') },
      'sell',
    ],
    [
      'approved, PayPal paid, found by the sweep without one',
      { hook: 'sweep', ...paid('payPal', 'paid') },
      'ask',
    ],
    [
      'approved, card unpaid (Bookly)',
      { source: 'bookly' as const, ...paid('cloud_stripe', 'pending') },
      'hold',
    ],
    [
      'approved, card completed (Bookly)',
      { source: 'bookly' as const, ...paid('cloud_stripe', 'completed') },
      'sell',
    ],
    ['pending', { status: 'pending' as const }, 'hold'],
    ['refunded payment', paid('stripe', 'refunded', 'ch_1'), 'cancel'],
    ['cancelled', { status: 'cancelled' as const }, 'cancel'],
    ['rejected', { status: 'rejected' as const }, 'cancel'],
    ['deleted', { status: 'deleted' as const }, 'cancel'],
    ['no-show', { status: 'no-show' as const }, 'nothing'],
    ['done', { status: 'done' as const }, 'nothing'],
    ['on the waiting list', { status: 'waitlisted' as const }, 'nothing'],
    ['a status of an add-on', { status: 'unknown' as const, rawStatus: 'confirmed by phone' }, 'ask'],
  ])('%s: %s', (_words, about, kind) => {
    expect(ask(about).kind).toBe(kind);
  });

  it.each(['forgeable', 'before-payment', 'notice'] as const)(
    'a %s hook asks for nothing, even a cancellation',
    (authority) => {
      expect(ask({ authority }).kind).toBe('nothing');
      expect(ask({ authority, status: 'cancelled' }).kind).toBe('nothing');
    },
  );

  it('is nothing for a course that sells no key, and one default key for a course without a mapping', () => {
    expect(ask({}, { mapping: { ...mapping, sku: null } }).kind).toBe('ignore');
    expect(ask({}, { mapping: null, defaultSku: 'ONE' })).toEqual({
      kind: 'sell',
      lines: [{ sku: 'ONE', quantity: 1 }],
    });
    expect(ask({}, { mapping: null })).toMatchObject({ kind: 'ask', reason: 'unmapped' });
  });

  it('is asked of a person without an address, unless the order already has one', () => {
    expect(ask({ email: null })).toMatchObject({ kind: 'ask', reason: 'no_email' });
    expect(ask({ email: null }, { email: 'known@example.test' }).kind).toBe('sell');
  });

  it.each([
    [25, 'sell'],
    [26, 'ask'],
    [0, 'ask'],
    [-1, 'ask'],
    [1.5, 'sell'],
  ])(
    'of %d units at two keys each: %s, since 1 to 50 whole keys are given without asking',
    (quantity, kind) => {
      expect(ask({ quantity }).kind).toBe(kind);
    },
  );
});
