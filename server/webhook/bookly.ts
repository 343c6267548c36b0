import type { BookingEvent, BookingStatus } from '../../shared/booking-event.ts';
import type { Delivery } from './amelia-booking.ts';
import type { Reading } from './amelia.ts';
import { groupRows } from './bookly-group.ts';
import { describeRow } from './bookly-row.ts';
import { at, idAt, listAt, membersOf } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';

/** Of rows that are one order, the liveliest speaks: a compound with one part cancelled is still booked. */
const LIVELIEST: BookingStatus[] = [
  'approved',
  'done',
  'no-show',
  'pending',
  'waitlisted',
  'unknown',
  'refunded',
  'rejected',
  'cancelled',
  'deleted',
];

/** Bookly's joined rows; a cart, a series or a compound service is several of them. */
export function readRows(rows: Place[], labels: Place | null, delivery: Delivery): Reading {
  const groups = groupRows(rows);
  const siblings = siblingsIn(rows);
  const events = groups.flatMap((group) => {
    const parts = group.map((row) => describeRow(row, labels, delivery)).filter((part) => part !== null);
    const [first] = parts;
    if (first === undefined) return [];
    const { purchase, remarks } = purchaseOf(group, siblings);
    return [{ ...merge(parts, first), purchase, remarks: [...first.remarks, ...remarks] }];
  });
  const remarks = events.length < groups.length ? ['A row without an id was passed over.'] : [];
  return { events, remarks, understood: events.length > 0 };
}

function merge(parts: BookingEvent[], first: BookingEvent): BookingEvent {
  const rank = (part: BookingEvent): number => LIVELIEST.indexOf(part.status);
  const live = parts.reduce((best, part) => (rank(part) < rank(best) ? part : best), first);
  return {
    ...first,
    status: live.status,
    rawStatus: live.rawStatus,
    email: parts.find((part) => part.email)?.email ?? null,
    name: parts.find((part) => part.name)?.name ?? null,
    coupon: parts.find((part) => part.coupon)?.coupon ?? null,
    payment: parts.find((part) => part.payment)?.payment ?? null,
  };
}

/** Which purchase, and whether this is its first booking. Ids grow, so the smallest was written first. */
function purchaseOf(group: Place[], siblings: Siblings): Pick<BookingEvent, 'purchase' | 'remarks'> {
  const [row] = group;
  if (row === undefined) return { purchase: null, remarks: [] };
  const own = group.map((part) => idAt(part, 'id'));
  const bought = idAt(row, 'package_id');
  const series = idAt(row, 'series_id');
  const order = idAt(row, 'order_id');
  const together = boughtTogether(row, siblings);
  const isAlone = together.every((id) => own.includes(id));
  const id =
    bought !== null
      ? `bookly-package:${bought}`
      : order !== null && !isAlone
        ? `bookly-order:${order}`
        : series !== null
          ? `bookly-series:${series}`
          : null;
  if (id === null) return { purchase: null, remarks: [] };
  const isKnown = !isAlone || listAt(row, 'purchase_ids').length > 0;
  const first = together.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? null;
  const remarks = isKnown
    ? []
    : ['Part of a series or package; which of its bookings came first was not sent.'];
  return { purchase: { id, lead: !isKnown || own.includes(first) }, remarks };
}

/** The rows of one purchase: as the plugin lists them, as the payment itemises them, or as they were delivered. */
function boughtTogether(row: Place, siblings: Siblings): string[] {
  const listed = listAt(row, 'purchase_ids').map((id) => idAt(id));
  const items = listAt(row, 'payment_details', 'items').map((item) => idAt(item, 'ca_id'));
  const beside = sharedIds(row).flatMap((shared) => siblings.get(shared) ?? []);
  const known = listed.length > 0 ? listed : [...items, ...beside];
  return [...new Set(known.filter((id) => id !== null))];
}

/** Row ids by what rows may share: an order, a series, a package. */
type Siblings = Map<string, string[]>;

function siblingsIn(rows: Place[]): Siblings {
  const siblings: Siblings = new Map();
  for (const row of rows) {
    const id = idAt(row, 'id');
    for (const shared of id === null ? [] : sharedIds(row)) {
      const ids = siblings.get(shared) ?? [];
      ids.push(id ?? '');
      siblings.set(shared, ids);
    }
  }
  return siblings;
}

function sharedIds(row: Place): string[] {
  return ['package_id', 'series_id', 'order_id'].flatMap((key) => {
    const id = idAt(row, key);
    return id === null ? [] : [`${key}:${id}`];
  });
}

/** One row, or the rows of a compound service or a cart under `rows`. */
export function rowsIn(place: Place): Place[] {
  const rows = listAt(place, 'rows');
  return rows.length > 0 ? rows : [place];
}

export function isRow(place: Place): boolean {
  const keys = membersOf(place).map(({ key }) => key);
  return keys.includes('id') && (keys.includes('customer_email') || keys.includes('customer_full_name'));
}

/** The rows in a body that is no envelope: `{row}`, `{rows}` or the row itself. */
export function findRows(body: Place): Place[] {
  const listed = listAt(body, 'rows').filter(isRow);
  if (listed.length > 0) return listed;
  return [at(body, 'row'), body].filter(isRow).slice(0, 1);
}
