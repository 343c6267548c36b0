import { orderId } from '../../shared/booking-event.ts';
import type { AlertKind, NewAlert, OrderKey } from '../store/rows.ts';
import { placeOf } from './place.ts';

/** More than this in one list is one fault with one cause, and one alert. */
const MOST = 50;

/** An alert for each booking of one site, or one for all of them when they are many. */
export function alertsFor<T extends OrderKey>(
  kind: AlertKind,
  bookings: T[],
  createdAt: Date,
  words: { one(booking: T): string; many: string },
): NewAlert[] {
  const alert = (order: string | null, detail: string): NewAlert => ({
    kind,
    orderId: order,
    sku: null,
    detail,
    createdAt,
  });
  const [first] = bookings;
  if (first === undefined || bookings.length <= MOST)
    return bookings.map((booking) => alert(orderId(booking), words.one(booking)));
  return [
    alert(null, `${placeOf(first)}: ${bookings.length} ${words.many}. The log names the first ${MOST}.`),
  ];
}

/** For a line of the log: the first names, and how many there are. */
export function someOf(orders: string[]): { count: number; orders: string[] } {
  return { count: orders.length, orders: orders.slice(0, MOST) };
}
