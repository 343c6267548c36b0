import { describe, expect, it } from 'vitest';
import { freshAddress, type Shop } from './shop.ts';

export function describeBookly(shop: () => Shop): void {
  const statusOf = async (id: number | string) => (await shop().order(`bookly:${id}`))?.status;
  const booked = async (scenario = 'bookly_book', about: Record<string, unknown> = {}, mails = 1) => {
    const email = freshAddress('bo');
    const outcome = await shop().happen(scenario, { email, ...about });
    await shop().sink.waitFor(() => shop().mailsTo(email).length === mails);
    return { ...outcome, email, ids: outcome.bookings };
  };
  /** The order of a group, as the server named it. */
  const groupOf = async (ids: number[]) => {
    const [first] = await shop().told('bookly', Number(ids[0]));
    return String(first?.orderId).replace(/^bookly:/, '');
  };

  describe('a booking with Bookly, which has no hooks, ends as a key in the mailbox:', () => {
    it('one row', async () => {
      const { email, ids } = await booked();
      expect(await shop().order(`bookly:${ids[0]}`)).toMatchObject({
        status: 'fulfilled',
        email,
        sku: 'WORKSHOP',
      });
      const keys = await shop().mailed(email);
      expect(keys).toHaveLength(1);
      expect(keys.every((key) => shop().imported.has(key))).toBe(true);
      expect(await shop().told('bookly', Number(ids[0]))).toHaveLength(1);
    });

    it('an order of three rows, a key each', async () => {
      const { email, ids } = await booked('bookly_book', { items: 3 }, 3);
      for (const id of ids) expect(await statusOf(id)).toBe('fulfilled');
      expect(await shop().mailed(email)).toHaveLength(3);
    });

    it('an order of a course that gives one key per purchase', async () => {
      const { email, ids } = await booked('bookly_book', { items: 2, service: 2 });
      expect(await Promise.all(ids.map(statusOf))).toEqual(['fulfilled', 'ignored']);
      expect(await shop().mailed(email)).toHaveLength(1);
    });

    it('a series', async () => {
      const { email, ids } = await booked('bookly_series', {}, 3);
      expect(await Promise.all(ids.map(statusOf))).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      expect(await shop().mailed(email)).toHaveLength(3);
    });

    it.each([
      ['bookly_compound', 'COURSE'],
      ['bookly_collaborative', 'DUET'],
    ])('%s: several rows, one order', async (scenario, sku) => {
      const { email, ids } = await booked(scenario);
      expect(await shop().order(`bookly:${await groupOf(ids)}`)).toMatchObject({
        status: 'fulfilled',
        email,
        sku,
      });
      expect(await Promise.all(ids.map(statusOf))).toEqual([undefined, undefined]);
      expect(await shop().mailed(email)).toHaveLength(1);
    });

    it('one by the admin, without a payment', async () => {
      const { email } = await booked('bookly_admin_book');
      expect(await shop().mailed(email)).toHaveLength(1);
    });

    it('one whose payment is completed later, and only then', async () => {
      const email = freshAddress('slow');
      const { bookings, payments } = await shop().happen('bookly_intent', { email });
      expect(await shop().order(`bookly:${bookings[0]}`)).toMatchObject({ status: 'held', messages: [] });
      await shop().happen('bookly_payment', { payment: payments[0] });
      expect(await statusOf(Number(bookings[0]))).toBe('fulfilled');
      expect(await shop().mailed(email)).toHaveLength(1);
    });

    it('with the coupon of its payment on the order', async () => {
      const { ids } = await booked('bookly_book', { couponId: 1 });
      expect(await shop().order(`bookly:${ids[0]}`)).toMatchObject({ coupon: 'BOOKLY10' });
      expect(await shop().lookup('BOOKLY10')).toContain(`bookly:${ids[0]}`);
    });

    it('with a coupon typed into a custom field on the order', async () => {
      const customFields = [{ id: 2, value: 'FIELD-7' }];
      const { ids } = await booked('bookly_book', { customFields });
      expect(await shop().lookup('FIELD-7')).toEqual([`bookly:${ids[0]}`]);
    });
  });

  describe('a change in Bookly:', () => {
    it('a payment that fails takes its rows away, and their order ends', async () => {
      const { bookings, payments } = await shop().happen('bookly_intent');
      await shop().happen('bookly_intent_failed', { payment: payments[0] });
      expect(await shop().order(`bookly:${bookings[0]}`)).toMatchObject({
        status: 'cancelled',
        messages: [],
      });
    });

    it('cancelled by the link, and approved again: one key, one mail', async () => {
      const { ids, email } = await booked();
      await shop().happen('bookly_cancel', { bookings: ids });
      expect(await statusOf(Number(ids[0]))).toBe('cancelled');
      await shop().happen('bookly_status', { bookings: ids, status: 'approved' });
      const order = await shop().order(`bookly:${ids[0]}`);
      expect(order).toMatchObject({ status: 'fulfilled', keys: [{ status: 'assigned' }] });
      expect(order?.messages.filter(({ recipient }) => recipient === email)).toHaveLength(1);
    });

    it('a row that is deleted cancels its order', async () => {
      const { ids } = await booked();
      await shop().happen('bookly_delete', { bookings: ids });
      expect(await statusOf(Number(ids[0]))).toBe('cancelled');
    });

    it('rows that are deleted by one statement cancel their orders, and no other', async () => {
      const { ids } = await booked('bookly_book', { items: 3 }, 3);
      await shop().happen('bookly_delete', { bookings: ids.slice(0, 2), many: true });
      expect(await Promise.all(ids.map(statusOf))).toEqual(['cancelled', 'cancelled', 'fulfilled']);
    });

    it('a compound that is deleted whole is cancelled', async () => {
      const { ids } = await booked('bookly_compound');
      const order = await groupOf(ids);
      await shop().happen('bookly_delete', { bookings: ids, many: true });
      expect(await statusOf(order)).toBe('cancelled');
    });

    it('a compound of which a part is deleted keeps its key until the rest goes too', async () => {
      const { ids } = await booked('bookly_compound', { items: 3 });
      const order = await groupOf(ids);
      await shop().happen('bookly_delete', { bookings: [ids[0]] });
      expect(await statusOf(order)).toBe('fulfilled');
      await shop().happen('bookly_delete', { bookings: [ids[1]] });
      expect(await statusOf(order)).toBe('fulfilled');
      await shop().happen('bookly_delete', { bookings: [ids[2]] });
      expect(await shop().order(`bookly:${order}`)).toMatchObject({ status: 'cancelled', keys: [{}] });
    });

    it('a compound of which a part is cancelled keeps its key until the rest is too', async () => {
      const { ids } = await booked('bookly_compound');
      const order = await groupOf(ids);
      await shop().happen('bookly_status', { bookings: [ids[0]], status: 'cancelled' });
      expect(await statusOf(order)).toBe('fulfilled');
      await shop().happen('bookly_status', { bookings: [ids[1]], status: 'cancelled' });
      expect(await statusOf(order)).toBe('cancelled');
    });

    it('another date sends nothing, nor do statements about other tables', async () => {
      const { ids } = await booked();
      await shop().happen('bookly_reschedule', { booking: ids[0] });
      await shop().happen('bookly_unrelated');
      expect(await shop().told('bookly', Number(ids[0]))).toHaveLength(1);
    });

    it('by a statement that names no id is found by the sweep that it asks for', async () => {
      const { ids, email } = await booked();
      await shop().happen('bookly_statement', {
        sql: `update {prefix}bookly_customer_appointments ca join {prefix}bookly_customers c on c.id = ca.customer_id
              set ca.status = 'cancelled' where c.email = '${email}'`,
      });
      await shop().wordpress.runCron();
      expect(await statusOf(Number(ids[0]))).toBe('cancelled');
    });
  });
}
