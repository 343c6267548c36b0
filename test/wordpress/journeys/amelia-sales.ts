import { describe, expect, it } from 'vitest';
import { freshAddress, type Shop } from './shop.ts';

export function describeAmeliaSales(shop: () => Shop): void {
  /** One mail with so many keys, all of them out of the stock. */
  const expectKeys = async (address: string, count: number) => {
    const keys = await shop().mailed(address);
    expect(keys).toHaveLength(count);
    expect(keys.filter((key) => !shop().imported.has(key))).toEqual([]);
  };

  describe('a booking with Amelia ends as a key in the mailbox:', () => {
    it('an appointment', async () => {
      const email = freshAddress('ada');
      const { bookings } = await shop().happen('amelia_appointment', { email });
      const id = Number(bookings[0]);
      expect(await shop().told('amelia', id)).toMatchObject([
        { hook: 'amelia_after_booking_added', answer: 'fulfilled', orderId: `amelia:${id}` },
      ]);
      expect(await shop().order(`amelia:${id}`)).toMatchObject({
        status: 'fulfilled',
        email,
        sku: 'WORKSHOP',
      });
      await expectKeys(email, 1);
      expect(shop().mailsTo(email)).toHaveLength(1);
    });

    it('an appointment of three persons, with three keys in one mail', async () => {
      const email = freshAddress('trio');
      await shop().happen('amelia_appointment', { email, persons: 3 });
      await expectKeys(email, 3);
      expect(shop().mailsTo(email)).toHaveLength(1);
    });

    it('an event for two persons', async () => {
      const email = freshAddress('eve');
      const { bookings } = await shop().happen('amelia_event', { email, persons: 2 });
      expect(await shop().order(`amelia:${bookings[0]}`)).toMatchObject({ status: 'fulfilled', sku: 'CAMP' });
      await expectKeys(email, 2);
    });

    it('an event of two days with tickets, a key for each ticket', async () => {
      const email = freshAddress('tickets');
      const tickets = [
        { eventTicketId: 1, persons: 2 },
        { eventTicketId: 2, persons: 1 },
      ];
      const { bookings } = await shop().happen('amelia_event', { email, event: 2, tickets });
      expect(await shop().order(`amelia:${bookings[0]}`)).toMatchObject({ status: 'fulfilled', sku: 'FAIR' });
      await expectKeys(email, 3);
      expect(shop().mailsTo(email)).toHaveLength(1);
    });

    it('recurring appointments, a key each', async () => {
      const email = freshAddress('weekly');
      const { bookings } = await shop().happen('amelia_recurring', { email });
      expect(bookings).toHaveLength(2);
      for (const id of bookings)
        expect(await shop().order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled', email });
      await shop().sink.waitFor(() => shop().mailsTo(email).length === 2);
      await expectKeys(email, 2);
    });

    it('recurring appointments of a course that gives one key per purchase', async () => {
      const email = freshAddress('once');
      const { bookings } = await shop().happen('amelia_recurring', { email, service: 2, count: 3 });
      const orders = await Promise.all(bookings.map((id) => shop().order(`amelia:${id}`)));
      expect(orders.map((order) => order?.status)).toEqual(['fulfilled', 'ignored', 'ignored']);
      await expectKeys(email, 1);
    });

    it('an appointment added by the admin, for which no settled hook fires', async () => {
      const email = freshAddress('phoned');
      const { bookings } = await shop().happen('amelia_admin_appointment', { email });
      expect(await shop().told('amelia', Number(bookings[0]))).toMatchObject([
        { hook: 'amelia_after_appointment_added', answer: 'fulfilled' },
      ]);
      await expectKeys(email, 1);
    });

    it('a package without dates, and a date out of it later by the course of that date', async () => {
      const email = freshAddress('bundle');
      const { packageCustomer } = await shop().happen('amelia_package', { email, couponId: 1 });
      expect(await shop().order(`amelia:package:${packageCustomer}`)).toMatchObject({
        status: 'fulfilled',
        email,
        sku: 'PACKAGE',
        coupon: 'KEYBANK10',
      });
      await expectKeys(email, 1);
      const { bookings } = await shop().happen('amelia_package_date', { packageCustomer });
      expect(await shop().order(`amelia:${bookings[0]}`)).toMatchObject({
        status: 'fulfilled',
        email,
        sku: 'WORKSHOP',
      });
    });

    it('a package with dates, told of by its bookings', async () => {
      const email = freshAddress('dated');
      const { bookings, packageCustomer } = await shop().happen('amelia_package', { email, dates: 2 });
      expect(bookings).toHaveLength(2);
      for (const id of bookings)
        expect(await shop().order(`amelia:${id}`)).toMatchObject({ status: 'fulfilled', email });
      await shop().sink.waitFor(() => shop().mailsTo(email).length === 2);
      await expectKeys(email, 2);
      expect(await shop().order(`amelia:package:${packageCustomer}`)).toBeNull();
    });

    it('a package with dates of a course that gives one key per purchase', async () => {
      const email = freshAddress('dates');
      const { bookings } = await shop().happen('amelia_package', { email, dates: 3, service: 2 });
      const orders = await Promise.all(bookings.map((id) => shop().order(`amelia:${id}`)));
      expect(orders.map((order) => order?.status)).toEqual(['fulfilled', 'ignored', 'ignored']);
      await expectKeys(email, 1);
    });

    it('an online payment, whose acceptance only the hook proves', async () => {
      const email = freshAddress('card');
      await shop().happen('amelia_appointment', { email, gateway: 'stripe' });
      await expectKeys(email, 1);
    });
  });

  describe('a booking with Amelia that is not paid', () => {
    it('whose rows are taken back sends nothing at all', async () => {
      const email = freshAddress('broke');
      const failed = await shop().happen('amelia_appointment', { email, gateway: 'stripe', fails: 'tidy' });
      expect(failed.code).toBe(500);
      expect(await shop().lookup(email)).toEqual([]);
      expect(await shop().told('amelia', Number(failed.bookings[0]))).toEqual([]);
    });

    it('whose rows stay behind as paid is left to the sweep, and then for a person', async () => {
      const email = freshAddress('left');
      const failed = await shop().happen('amelia_appointment', { email, gateway: 'stripe', fails: 'thrown' });
      const id = Number(failed.bookings[0]);
      expect(await shop().told('amelia', id)).toEqual([]);
      await shop().wordpress.sql(
        'UPDATE wp_amelia_customer_bookings SET created = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE id = ?',
        [id],
      );
      await shop().wordpress.runCron('keybank_sweep');
      expect(await shop().order(`amelia:${id}`)).toMatchObject({
        status: 'attention',
        reason: 'unpaid_gateway',
        keys: [],
        messages: [],
      });
    });
  });

  describe('what was typed in the request', () => {
    it('a coupon is on the order, and finds it, also after the booking has changed', async () => {
      const coupon = `PARTNER-${Date.now()}`;
      const { bookings } = await shop().happen('amelia_appointment', { couponCode: coupon });
      const id = `amelia:${bookings[0]}`;
      expect(await shop().order(id)).toMatchObject({ coupon });
      expect(await shop().lookup(coupon)).toEqual([id]);
      await shop().happen('amelia_booking_status', { booking: bookings[0], status: 'canceled' });
      expect(await shop().order(id)).toMatchObject({ status: 'cancelled', coupon });
      const [, later] = await shop().told('amelia', Number(bookings[0]));
      expect(later?.body).toContain(coupon);
    });

    it('a coupon is on every booking of its request, and on none of the next', async () => {
      const coupon = `SERIES-${Date.now()}`;
      const { bookings } = await shop().happen('amelia_recurring', { couponCode: coupon });
      const ids = bookings.map((id) => `amelia:${id}`);
      expect((await shop().lookup(coupon)).sort()).toEqual(ids.sort());
      const next = await shop().happen('amelia_appointment');
      expect(await shop().order(`amelia:${next.bookings[0]}`)).toMatchObject({ coupon: null });
    });

    it('an address finds the order of a buyer whom Amelia knows by another, to which the key goes', async () => {
      const known = freshAddress('ada.known');
      const typed = freshAddress('grace.typed');
      const phone = `+1555${Date.now()}`;
      await shop().happen('amelia_appointment', { email: known, phone });
      await shop().mailed(known);
      const { bookings } = await shop().happen('amelia_appointment', { email: typed, phone });
      const id = `amelia:${bookings[0]}`;
      expect(await shop().order(id)).toMatchObject({
        status: 'fulfilled',
        email: known,
        alternates: [typed],
        messages: [{ recipient: known }],
      });
      expect(await shop().lookup(typed)).toEqual([id]);
      await shop().sink.waitFor(() => shop().mailsTo(known).length === 2);
      expect(shop().mailsTo(typed)).toEqual([]);
    });
  });
}
