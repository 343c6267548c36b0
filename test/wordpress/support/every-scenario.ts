import type { WordPress } from './wordpress.ts';
import type { Outcome } from './scenario.ts';

const WEIRD = [
  ...['none', 'null', 'string', 'number', 'object', 'closure', 'resource'],
  ...['recursion', 'ids', 'deep', 'huge'],
];

/** Runs each scenario of the stand-in once, in an order in which each finds what it needs; answers them by name. */
export async function runEveryScenario(wordpress: WordPress): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const run = async (name: string, input: Record<string, unknown> = {}, title = name) => {
    const outcome = await wordpress.scenario(name, input);
    outcomes.set(title, outcome);
    return outcome;
  };
  const one = async () => {
    const booked = await run('amelia_appointment');
    return { booking: booked.bookings[0], appointment: booked.appointments[0], payment: booked.payments[0] };
  };
  const statuses = ['pending', 'approved', 'no-show', 'rejected', 'canceled'];
  const first = await one();
  for (const status of statuses) {
    await run('amelia_booking_status', { ...first, status }, `amelia_booking_status ${status}`);
    await run('amelia_appointment_status', { ...first, status }, `amelia_appointment_status ${status}`);
  }
  for (const args of [1, 2, 3])
    await run('amelia_reschedule', { ...first, args }, `amelia_reschedule with ${args}`);
  for (const how of ['added', 'updated', 'deleted'])
    await run('amelia_payment', { ...first, how, status: 'paid' }, `amelia_payment ${how}`);
  await run('amelia_appointment_updated', { ...first, remove: [first.booking] });
  await run('amelia_recurring', { couponCode: 'KEYBANK10' });
  await run('amelia_admin_appointment');
  await run('amelia_slot_taken');
  await run('amelia_cancel_panel', await one());
  await run('amelia_cancel_link', await one());
  await run('amelia_status_link', { ...(await one()), status: 'rejected' });
  await run('amelia_appointment_deleted', await one());
  await run('amelia_silent', { ...(await one()), status: 'canceled' });
  await run('amelia_success', await one());
  await run('amelia_success', { booking: 0, package: 1 }, 'amelia_success of nothing');
  await run('amelia_uncompleted', { bookings: [(await one()).booking] });
  for (const fails of ['tidy', 'thrown'])
    await run('amelia_appointment', { gateway: 'stripe', fails }, `gateway failure, ${fails}`);

  const camp = await run('amelia_event', { persons: 2 });
  const fair = await run('amelia_event', { event: 2, tickets: [{ eventTicketId: 1, persons: 3 }] });
  await run('amelia_event_booking_updated', { booking: camp.bookings[0], persons: 3 });
  await run('amelia_event_booking_deleted', { booking: camp.bookings[0] });
  await run('amelia_event_status', { event: fair.event, status: 'rejected' });

  const undated = await run('amelia_package', { couponId: 1 });
  await run('amelia_package_date', { packageCustomer: undated.packageCustomer });
  const dated = await run('amelia_package', { dates: 2 }, 'amelia_package with dates');
  await run('amelia_package_booking_deleted', { booking: dated.bookings[0] });
  await run('amelia_package_status', { packageCustomer: dated.packageCustomer, status: 'canceled' });
  await run('fire', { action: 'amelia_after_booking_added', args: ['odd', null] });
  for (const kind of WEIRD) await run('weird', { kind, booking: fair.bookings[0] }, `weird ${kind}`);

  const simple = await run('bookly_book');
  for (const status of ['pending', 'rejected', 'approved', 'cancelled', 'done'])
    await run('bookly_status', { bookings: simple.bookings, status }, `bookly_status ${status}`);
  await run('bookly_payment', { payment: simple.payments[0] });
  await run('bookly_reschedule', { booking: simple.bookings[0] });
  await run('bookly_cancel', { bookings: simple.bookings });
  await run('bookly_delete', { bookings: simple.bookings });
  await run('bookly_series');
  const compound = await run('bookly_compound');
  await run('bookly_delete', { bookings: compound.bookings, many: true }, 'bookly_delete many');
  await run('bookly_collaborative');
  await run('bookly_admin_book');
  const intent = await run('bookly_intent');
  await run('bookly_intent_failed', { payment: intent.payments[0] });
  await run('bookly_unrelated');
  await run('bookly_statement', {
    sql: 'update {prefix}bookly_customer_appointments set status="done" where id=0',
  });
  return outcomes;
}
