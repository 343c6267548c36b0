import { describe, expect, it } from 'vitest';
import { freshAddress, type Shop } from './shop.ts';

export function describeAmeliaChanges(shop: () => Shop): void {
  /** An appointment whose key is in the mailbox. */
  const booked = async (about: Record<string, unknown> = {}) => {
    const email = freshAddress('change');
    const outcome = await shop().happen('amelia_appointment', { email, ...about });
    await shop().mailed(email);
    return {
      email,
      booking: Number(outcome.bookings[0]),
      appointment: Number(outcome.appointments[0]),
      payment: Number(outcome.payments[0]),
      orderId: `amelia:${outcome.bookings[0]}`,
    };
  };
  const statusOf = async (orderId: string) => (await shop().order(orderId))?.status;

  describe('a change in Amelia:', () => {
    it("the customer's cancel link, before which alone a hook fires, cancels the order", async () => {
      const { booking, orderId } = await booked();
      await shop().happen('amelia_cancel_link', { booking });
      expect(await statusOf(orderId)).toBe('cancelled');
      expect(await shop().told('amelia', booking)).toMatchObject([
        { answer: 'fulfilled' },
        { hook: 'amelia_before_booking_canceled', answer: 'cancelled' },
      ]);
    });

    it('the cancel link with a page to go to, whose hook carries the bare booking', async () => {
      const { booking, orderId } = await booked();
      await shop().happen('amelia_cancel_link', { booking, redirect: true });
      expect(await statusOf(orderId)).toBe('cancelled');
    });

    it('a cancellation in the panel cancels the order, once', async () => {
      const { booking, orderId } = await booked();
      await shop().happen('amelia_cancel_panel', { booking });
      await shop().happen('amelia_cancel_panel', { booking });
      expect(await statusOf(orderId)).toBe('cancelled');
      expect(await shop().told('amelia', booking)).toHaveLength(2);
    });

    it('approved, cancelled and approved again is fulfilled with one key and one mail', async () => {
      const { booking, email, orderId } = await booked();
      await shop().happen('amelia_booking_status', { booking, status: 'canceled' });
      expect(await statusOf(orderId)).toBe('cancelled');
      await shop().happen('amelia_booking_status', { booking, status: 'approved' });
      const order = await shop().order(orderId);
      expect(order).toMatchObject({ status: 'fulfilled', keys: [{ status: 'assigned' }] });
      expect(order?.messages.filter(({ recipient }) => recipient === email)).toHaveLength(1);
    });

    it('a pending booking is mailed its key when it is approved by the link to the staff', async () => {
      const email = freshAddress('pending');
      const { bookings } = await shop().happen('amelia_appointment', { email, status: 'pending' });
      const orderId = `amelia:${bookings[0]}`;
      expect(await shop().order(orderId)).toMatchObject({ status: 'held', messages: [] });
      await shop().happen('amelia_status_link', { booking: bookings[0], status: 'approved' });
      expect(await statusOf(orderId)).toBe('fulfilled');
      expect(await shop().mailed(email)).toHaveLength(1);
    });

    it('the status of an appointment is that of each of its bookings', async () => {
      const one = await booked();
      const two = await booked({ appointment: one.appointment });
      await shop().happen('amelia_appointment_status', { appointment: one.appointment, status: 'rejected' });
      expect([await statusOf(one.orderId), await statusOf(two.orderId)]).toEqual(['cancelled', 'cancelled']);
    });

    it('a booking taken out of its appointment is cancelled, the other stays', async () => {
      const one = await booked();
      const two = await booked({ appointment: one.appointment });
      await shop().happen('amelia_appointment_updated', {
        appointment: one.appointment,
        remove: [one.booking],
      });
      expect([await statusOf(one.orderId), await statusOf(two.orderId)]).toEqual(['cancelled', 'fulfilled']);
      expect(await shop().told('amelia', two.booking)).toHaveLength(1);
    });

    it('an appointment that is deleted cancels the orders of all its bookings', async () => {
      const one = await booked();
      const two = await booked({ appointment: one.appointment });
      await shop().happen('amelia_appointment_deleted', { appointment: one.appointment });
      expect([await statusOf(one.orderId), await statusOf(two.orderId)]).toEqual(['cancelled', 'cancelled']);
    });

    it.each([1, 2, 3])('a reschedule with %i arguments sends nothing', async (args) => {
      const { appointment, booking } = await booked();
      expect((await shop().happen('amelia_reschedule', { appointment, args })).code).toBe(200);
      expect(await shop().told('amelia', booking)).toHaveLength(1);
    });

    it('a no-show changes nothing about the key', async () => {
      const { booking, orderId } = await booked();
      await shop().happen('amelia_booking_status', { booking, status: 'no-show' });
      expect(await statusOf(orderId)).toBe('fulfilled');
    });

    it('a payment marked as paid is known to the server, and sends no second key', async () => {
      const { payment, booking, orderId } = await booked();
      await shop().happen('amelia_payment', { payment, how: 'updated', status: 'paid' });
      const [, second] = await shop().told('amelia', booking);
      expect(second).toMatchObject({ hook: 'amelia_after_payment_updated', answer: 'duplicate' });
      expect(second?.body).toContain('"status":"paid"');
      expect(await shop().order(orderId)).toMatchObject({ status: 'fulfilled', keys: [{}] });
    });

    it('a payment marked as refunded cancels the order', async () => {
      const { payment, orderId } = await booked();
      await shop().happen('amelia_payment', { payment, how: 'updated', status: 'refunded' });
      expect(await statusOf(orderId)).toBe('cancelled');
    });

    it('a payment that arrives later releases the key', async () => {
      const email = freshAddress('later');
      const about = { email, gateway: 'stripe', paymentStatus: 'pending' };
      const { bookings, payments } = await shop().happen('amelia_appointment', about);
      expect(await statusOf(`amelia:${bookings[0]}`)).toBe('held');
      const paid = { payment: payments[0], status: 'paid', transactionId: 'ch_1' };
      await shop().happen('amelia_payment', paid);
      expect(await statusOf(`amelia:${bookings[0]}`)).toBe('fulfilled');
      expect(await shop().mailed(email)).toHaveLength(1);
    });
  });

  describe('a change of an event in Amelia:', () => {
    const camper = async (about: Record<string, unknown> = {}) => {
      const email = freshAddress('camper');
      const { bookings } = await shop().happen('amelia_event', { email, ...about });
      await shop().mailed(email);
      return { email, booking: Number(bookings[0]), orderId: `amelia:${bookings[0]}` };
    };

    it('more persons than were served are for a person; rejected, the order is cancelled', async () => {
      const { booking, orderId } = await camper();
      await shop().happen('amelia_event_booking_updated', { booking, persons: 3 });
      expect(await shop().told('amelia', booking)).toMatchObject([
        { answer: 'fulfilled' },
        { hook: 'amelia_after_event_booking_updated', answer: 'attention' },
      ]);
      expect(await shop().order(orderId)).toMatchObject({ status: 'fulfilled', keys: [{}] });
      await shop().happen('amelia_event_booking_updated', { booking, persons: 1, status: 'rejected' });
      expect(await statusOf(orderId)).toBe('cancelled');
    });

    it('a booking that is deleted cancels its order and no other', async () => {
      const [gone, here] = [await camper(), await camper()];
      await shop().happen('amelia_event_booking_deleted', { booking: gone.booking });
      expect([await statusOf(gone.orderId), await statusOf(here.orderId)]).toEqual([
        'cancelled',
        'fulfilled',
      ]);
      expect(await shop().told('amelia', here.booking)).toHaveLength(1);
    });

    it('called off, every order of it is cancelled; held after all, the same keys count again', async () => {
      const everybody = [await camper({ event: 2 }), await camper({ event: 2 })];
      await shop().happen('amelia_event_status', { event: 2, status: 'rejected' });
      for (const { orderId } of everybody) expect(await statusOf(orderId)).toBe('cancelled');
      await shop().happen('amelia_event_status', { event: 2, status: 'approved' });
      for (const { orderId, email } of everybody) {
        const order = await shop().order(orderId);
        expect(order).toMatchObject({ status: 'fulfilled', keys: [{ status: 'assigned' }] });
        expect(order?.messages.filter(({ recipient }) => recipient === email)).toHaveLength(1);
      }
    });
  });

  describe('a change of a package in Amelia:', () => {
    it('a date that is deleted cancels the order of that date', async () => {
      const email = freshAddress('packer');
      const { bookings } = await shop().happen('amelia_package', { email, dates: 2 });
      await shop().sink.waitFor(() => shop().mailsTo(email).length === 2);
      await shop().happen('amelia_package_booking_deleted', { booking: bookings[0] });
      expect(await statusOf(`amelia:${bookings[0]}`)).toBe('cancelled');
      expect(await statusOf(`amelia:${bookings[1]}`)).toBe('fulfilled');
    });

    it('a sale that is taken back fires no hook: the sweep cancels it', async () => {
      const { packageCustomer } = await shop().happen('amelia_package');
      await shop().happen('amelia_package_status', { packageCustomer, status: 'canceled' });
      await shop().wordpress.runCron('keybank_sweep');
      expect(await statusOf(`amelia:package:${packageCustomer}`)).toBe('cancelled');
    });
  });
}
