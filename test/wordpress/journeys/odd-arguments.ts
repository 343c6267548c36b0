import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../support/scenario.ts';
import { ownFaults, type Shop } from './shop.ts';

const KINDS = [
  ...['none', 'null', 'string', 'number', 'object', 'closure', 'resource'],
  ...['recursion', 'ids', 'deep', 'huge'],
];

const HOOKS = [
  'amelia_after_booking_added',
  'AmeliaBookingAddedBeforeNotify',
  'amelia_before_booking_added',
  'amelia_before_booking_canceled',
  'amelia_after_booking_rescheduled',
  'amelia_after_event_status_updated',
];

/** What JSON can say and nobody expects. */
const ARGUMENTS: [string, unknown[]][] = [
  ['a list instead of a booking', [[[[[1, 2, 3]]]]]],
  ['ids of other types', [{ id: true, customerId: {}, booking: { id: 1e300, customerId: [] } }]],
  ['an id beyond all numbers', [{ booking: { id: '99999999999999999999', customerId: 1 } }]],
  ['texts where parts should be', [{ booking: 'x', appointment: 'y', recurring: 'z', customer: 'w' }]],
  [
    'a coupon and an address of odd types',
    [{ couponCode: { a: 1 }, customer: { email: ['a', 'b'] }, booking: { id: 987_654, customerId: 1 } }],
  ],
  ['a huge coupon', [{ couponCode: 'ü'.repeat(200_000), customer: { email: 'é'.repeat(200_000) } }]],
  ['too many bookings', [{ bookings: Array.from({ length: 6_000 }, () => ({ id: 0, customerId: 1 })) }]],
];

export function describeOddArguments(shop: () => Shop): void {
  describe('with arguments that nobody expects', () => {
    let booking: number;
    const without = new Map<string, Outcome>();
    const all = async (into: (name: string, outcome: Outcome) => void) => {
      for (const kind of KINDS) into(kind, await shop().happen('weird', { kind, booking }));
      for (const action of HOOKS) {
        for (const [name, args] of ARGUMENTS)
          into(`${action}: ${name}`, await shop().happen('fire', { action, args }));
      }
    };

    beforeAll(async () => {
      booking = Number((await shop().happen('amelia_event', {})).bookings[0]);
      await shop().wordpress.removeKeyBank();
      await all((name, outcome) => without.set(name, outcome));
      await shop().wordpress.installKeyBank();
    });

    it('a request answers as it does without the plugin, nothing is sent, and nothing is complained of', async () => {
      const before = await shop().wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox');
      const answers = new Map<string, unknown>();
      await all((name, { code, text }) => answers.set(name, { code, text }));
      expect([...answers.keys()]).toEqual([...without.keys()]);
      for (const [name, { code, text }] of without) expect(answers.get(name), name).toEqual({ code, text });
      expect(new Set([...without.values()].map(({ code }) => code))).toEqual(new Set([200]));
      expect(await shop().wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_outbox')).toEqual(before);
      expect(await shop().wordpress.php(`return get_option( 'keybank_fault' );`)).toBe(false);
      expect(ownFaults(await shop().wordpress.debugLog())).toEqual([]);
    });

    it('an id that no booking has leaves no trace', async () => {
      await shop().happen('fire', {
        action: 'amelia_after_booking_added',
        args: [{ booking: { id: 987_654, customerId: 1 } }],
      });
      expect(
        await shop().wordpress.sql('SELECT id FROM wp_keybank_bookings WHERE id IN (0, 987654)'),
      ).toEqual([]);
    });

    it('among six thousand bookings in one hook the real one is found, and no other kept', async () => {
      const [row] = await shop().wordpress.sql(
        `SELECT id FROM wp_amelia_customer_bookings WHERE status = 'approved' ORDER BY id DESC LIMIT 1`,
      );
      const real = Number(row?.['id']);
      await shop().wordpress.sql(`UPDATE wp_amelia_customer_bookings SET status = 'canceled' WHERE id = ?`, [
        real,
      ]);
      const bookings = Array.from({ length: 6_000 }, (_, index) => ({ id: 500_000 + index, customerId: 1 }));
      const args = [{ id: 1, bookingStart: 'x', bookings: [{ id: real, customerId: 1 }, ...bookings] }];
      const { code } = await shop().wordpress.scenario('fire', {
        action: 'amelia_after_appointment_updated',
        args,
      });
      expect(code).toBe(200);
      await shop().wordpress.idle();
      expect(await shop().order(`amelia:${real}`)).toMatchObject({ status: 'cancelled' });
      expect(
        await shop().wordpress.sql('SELECT COUNT(*) AS n FROM wp_keybank_bookings WHERE id >= 500000'),
      ).toEqual([{ n: 0 }]);
    });
  });
}
