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

/** Which purchase, and whether this is its first booking. */
function purchaseOf(group: Place[], siblings: Siblings): Pick<BookingEvent, 'purchase' | 'remarks'> {
  const [row] = group;
  if (row === undefined) return { purchase: null, remarks: [] };
  const own = group.map((part) => idAt(part, 'id'));
  const { first, count, isListed } = boughtTogether(row, siblings);
  const isAlone = count <= own.length;
  const id = purchaseId(row, isAlone);
  if (id === null) return { purchase: null, remarks: [] };
  const isKnown = !isAlone || isListed;
  const remarks = isKnown
    ? []
    : ['Part of a series or package; which of its bookings came first was not sent.'];
  return { purchase: { id, lead: !isKnown || own.includes(first) }, remarks };
}

function purchaseId(row: Place, isAlone: boolean): string | null {
  const bought = idAt(row, 'package_id');
  const series = idAt(row, 'series_id');
  const order = idAt(row, 'order_id');
  if (bought !== null) return `bookly-package:${bought}`;
  if (order !== null && !isAlone) return `bookly-order:${order}`;
  return series === null ? null : `bookly-series:${series}`;
}

interface Together {
  first: string | null;
  count: number;
}

/** The rows of one purchase: as the plugin lists them, as the payment itemises them, or as they were delivered. */
function boughtTogether(row: Place, siblings: Siblings): Together & { isListed: boolean } {
  const listed = listAt(row, 'purchase_ids').map((id) => idAt(id));
  const items = listAt(row, 'payment_details', 'items').map((item) => idAt(item, 'ca_id'));
  const stated = [...new Set(listed.length > 0 ? listed : items)].filter((id) => id !== null);
  const beside = sharedIds(row).map((shared) => siblings.get(shared) ?? { first: null, count: 0 });
  const known = [
    { first: stated.reduce(earlier, null), count: stated.length },
    ...(listed.length > 0 ? [] : beside),
  ];
  const first = known.map((one) => one.first).reduce(earlier, null);
  return { first, count: Math.max(...known.map((one) => one.count)), isListed: listed.length > 0 };
}

/** Ids grow, so the smaller one was written first. */
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return b.length < a.length || (b.length === a.length && b < a) ? b : a;
}

/** Per order, series or package that rows share: how many there are, and the first. */
type Siblings = Map<string, Together>;

function siblingsIn(rows: Place[]): Siblings {
  const siblings: Siblings = new Map();
  for (const row of rows) {
    const id = idAt(row, 'id');
    for (const shared of id === null ? [] : sharedIds(row)) {
      const known = siblings.get(shared) ?? { first: null, count: 0 };
      siblings.set(shared, { first: earlier(known.first, id), count: known.count + 1 });
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
