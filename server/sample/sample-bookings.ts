import type { Source } from '../../shared/booking-event.ts';

/** A made-up buyer's booking; what varies in a sample. */
export interface SampleBooking {
  id: number;
  itemId: number;
  email: string;
  firstName: string;
  lastName: string;
  persons: number;
  coupon: string | null;
}

export interface SampleDelivery {
  source: Source;
  contentType: string;
  body: string;
}

/** The shapes that real senders have; docs/payloads.md describes each. */
export const SHAPES = [
  'amelia-hook',
  'amelia-snapshot',
  'amelia-web-hook',
  'amelia-event',
  'bookly-row',
  'bookly-form',
] as const;
export type Shape = (typeof SHAPES)[number];

/** A delivery in one of the real shapes, with the coupon as deep as that sender buries it. */
export function sampleDelivery(shape: Shape, sample: SampleBooking): SampleDelivery {
  const json = (source: Source, value: unknown): SampleDelivery => ({
    source,
    contentType: 'application/json',
    body: JSON.stringify(value),
  });
  switch (shape) {
    case 'amelia-hook':
      return json('amelia', { hook: 'amelia_after_booking_added', args: [reservation(sample)] });
    case 'amelia-snapshot':
      return json('amelia', snapshot(sample));
    case 'amelia-web-hook':
      return json('amelia', objectsForLists(webHook(sample)));
    case 'amelia-event':
      return json('amelia', { hook: 'amelia_after_booking_added', args: [eventReservation(sample)] });
    case 'bookly-row':
      return json('bookly', { row: booklyRow(sample) });
    case 'bookly-form': {
      const fields = Object.entries(booklyRow(sample)).map(
        ([key, value]) => [key, value ?? ''] as [string, string],
      );
      const body = new URLSearchParams(fields).toString();
      return { source: 'bookly', contentType: 'application/x-www-form-urlencoded', body };
    }
  }
}

function customer({ id, email, firstName, lastName }: SampleBooking): object {
  return { id, firstName, lastName, email, phone: null, type: 'customer', countryPhoneIso: 'gb' };
}

/** The promo code sits in a custom field, inside JSON that is itself a string. */
function ameliaBooking(sample: SampleBooking, eventBooking = false): object {
  const { id, persons, coupon, firstName, lastName } = sample;
  const fields = {
    '1': { label: 'Licence name', value: `${firstName} Labs`, type: 'text' },
    ...(coupon && { '2': { label: 'Promo code', value: coupon, type: 'text' } }),
  };
  return {
    id,
    customerId: id,
    customer: customer(sample),
    status: 'approved',
    couponId: null,
    coupon: null,
    price: 40,
    appointmentId: eventBooking ? null : id,
    extras: [],
    persons,
    payments: [
      { id, customerBookingId: id, parentId: null, amount: 0, gateway: 'onSite', status: 'pending' },
    ],
    ticketsData: [],
    customFields: JSON.stringify(fields),
    info: JSON.stringify({ firstName, lastName, phone: null, locale: 'en_US', timeZone: 'Europe/London' }),
  };
}

function reservation(sample: SampleBooking): object {
  const booking = ameliaBooking(sample);
  return {
    type: 'appointment',
    appointment: { id: sample.id, bookings: [booking], status: 'approved', serviceId: sample.itemId },
    booking,
    recurring: [],
    package: [],
    packageId: null,
    customer: customer(sample),
    // Coupons that the service allows are not coupons that were used.
    bookable: { id: sample.itemId, name: 'Key Workshop', coupons: [{ id: 9, code: 'ALLOWED-NOT-USED' }] },
    paymentId: sample.id,
    isCart: false,
  };
}

function eventReservation(sample: SampleBooking): object {
  const booking = ameliaBooking(sample, true);
  const event = {
    id: sample.itemId,
    name: 'Licence Camp',
    bookings: [booking],
    status: 'approved',
    type: 'event',
  };
  return {
    type: 'event',
    event,
    booking,
    recurring: [],
    package: [],
    packageId: null,
    customer: customer(sample),
    bookable: { ...event, coupons: [] },
    paymentId: sample.id,
    isCart: false,
  };
}

function snapshot(sample: SampleBooking): object {
  return {
    v: 1,
    plugin: '1.0.0',
    id: `amelia:${sample.id}:1`,
    source: 'amelia',
    site: 'https://shop.example',
    hook: 'amelia_after_booking_added',
    rev: 1,
    booking: {
      ...ameliaBooking(sample),
      type: 'appointment',
      serviceId: sample.itemId,
      serviceName: 'Key Workshop',
    },
    args: [{ couponCode: sample.coupon }],
  };
}

function webHook(sample: SampleBooking): object {
  const booking = ameliaBooking(sample);
  const bookings = [{ ...booking, isRecurringBooking: false, isPackageBooking: false }];
  return {
    appointment: { id: sample.id, bookings: [booking], status: 'approved', serviceId: sample.itemId },
    bookings,
  };
}

function booklyRow(sample: SampleBooking): Record<string, string | null> {
  const { id, itemId, persons, coupon, email, firstName, lastName } = sample;
  const details = {
    items: [{ ca_id: id, number_of_persons: persons }],
    coupon: null,
    subtotal: { price: 40 },
  };
  return {
    id: String(id),
    customer_id: String(id),
    appointment_id: String(id),
    payment_id: String(id),
    order_id: String(id),
    number_of_persons: String(persons),
    units: '1',
    notes: coupon && `promo code ${coupon} please`,
    extras: '[]',
    custom_fields: '[]',
    status: 'approved',
    created_from: 'frontend',
    service_id: String(itemId),
    service_title: 'Key Workshop',
    service_type: 'simple',
    customer_email: email,
    customer_full_name: `${firstName} ${lastName}`,
    first_name: firstName,
    last_name: lastName,
    payment_type: 'local',
    payment_status: 'pending',
    payment_details: JSON.stringify(details),
    coupon_code: null,
  };
}

/** PHP's JSON_FORCE_OBJECT: every list becomes an object keyed "0", "1", …. */
function objectsForLists(value: unknown): unknown {
  if (Array.isArray(value))
    return Object.fromEntries(value.map((item, index) => [index, objectsForLists(item)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, objectsForLists(inner)]));
}
