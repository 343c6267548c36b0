import { randomUUID } from 'node:crypto';
import { postmark } from '../mail/events-world.ts';
import { WEBHOOK_TOKEN, type Service } from '../support/service.ts';
import { shopping, type Desk } from './desk.ts';

// A shop in which something of everything has happened, for pictures and for axe. Nobody in it is real.

export const PASSWORD = 'a-password-of-the-tests';
/** Of the service that it stands in. */
export const SHOP_ENV = {
  KEYBANK_POSTMARK_EVENTS: `postmark:${PASSWORD}`,
  KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
} as const;

const PRODUCTS = [
  { sku: 'BLS-COURSE', name: 'Basic Life Support', keys: 64, course: 1 },
  { sku: 'ALS-COURSE', name: 'Advanced Life Support', keys: 12, course: 2 },
  { sku: 'FIRST-AID', name: 'First Aid at Work', keys: 3, course: 3 },
] as const;
const FIRST = ['Ada', 'Grace', 'Alan', 'Katherine', 'Edsger', 'Mary', 'Dennis', 'Radia', 'Barbara', 'Donald'];
const LAST = [
  'Lovelace',
  'Hopper',
  'Turing',
  'Johnson',
  'Dijkstra',
  'Jackson',
  'Ritchie',
  'Perlman',
  'Liskov',
  'Knuth',
];
const SHAPES = ['amelia-hook', 'bookly-row', 'amelia-snapshot', 'bookly-form'] as const;
const BOUNCED = 'edsger.dijkstra@example.test';

export interface Shop {
  /** Ids for the addresses of screens. */
  orderId: string;
  deliveryId: string;
  messageId: string;
}

export async function stockShop(service: Service): Promise<Shop> {
  const { book, call } = shopping(service);
  const reason = 'The shop opens';
  for (const { sku, name, keys, course } of PRODUCTS) {
    await call('products.save', { sku, name, reason });
    const text = Array.from(
      { length: keys },
      (_, nth) => `${sku.slice(0, 3)}-${wordOf(nth * 7 + course)}-${wordOf(nth * 31 + 9)}`,
    );
    await call('keys.import', { sku, text: text.join('\n'), origin: `${sku.toLowerCase()}-june.csv` });
    for (const source of ['amelia', 'bookly'])
      await call('products.mappings.save', { source, kind: 'service', itemId: String(course), sku, reason });
  }
  for (let nth = 0; nth < 30; nth += 1) {
    const shape = SHAPES[nth % SHAPES.length] ?? 'amelia-hook';
    await book(shape, {
      ...personOf(nth),
      id: 101 + nth,
      itemId: [1, 1, 2, 1, 3][nth % 5] ?? 1,
      coupon: nth % 4 === 0 ? 'SPRING26' : null,
    });
  }
  await book('amelia-hook', { ...personOf(3), id: 140, itemId: 9 });
  await book('bookly-row', { ...personOf(6), id: 141, itemId: 9 });
  await service.post('amelia', { id: '142', serviceId: 1, firstName: 'Nobody' });
  await service.post('bookly', null, { raw: 'not even JSON' });
  await happened(service, { book, call });
  const page = await call('orders.lookup', { query: 'ada.lovelace@example.test' });
  const deliveries = await call('deliveries.list', {});
  const mails = await call('mail.list', { show: 'all' });
  return {
    orderId: first(page['orders'], 'orderId'),
    deliveryId: first(deliveries['deliveries'], 'deliveryId'),
    messageId: keyMail(mails['messages']),
  };
}

/** What staff, providers and WordPress did. */
async function happened(service: Service, { call }: Pick<Desk, 'book' | 'call'>): Promise<void> {
  await call('staff.add', {
    name: 'Grace',
    role: 'support',
    grants: ['reveal'],
    reason: 'Answers the phone',
  });
  await call('staff.add', { name: 'Alan', role: 'viewer', reason: 'Looks after the figures' });
  await call('orders.resend', { orderId: 'amelia:101', reason: 'The buyer does not find the mail' });
  await call('orders.cancel', { orderId: 'amelia:107', reason: 'Refunded by bank transfer' });
  await call('keys.give', {
    ...{
      sku: 'BLS-COURSE',
      email: 'speaker@example.test',
      name: 'Margaret Hamilton',
      reason: 'Speaker at the conference',
    },
    requestId: randomUUID(),
  });
  const bounced = await call('orders.lookup', { query: BOUNCED });
  const order = await call('orders.get', { orderId: first(bounced['orders'], 'orderId') });
  await fetch(`${service.url}/mail-events/postmark`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`postmark:${PASSWORD}`)}`, 'content-type': 'application/json' },
    body: JSON.stringify(postmark(first(order['messages'], 'messageId'), { Email: BOUNCED })),
  });
  await fetch(`${service.url}/webhooks/reconcile?token=${WEBHOOK_TOKEN}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{
        v: 1,
        plugin: '1.0.0',
        source: 'amelia',
        site: 'https://shop.example',
        sentAt: new Date().toISOString(),
      },
      ...{ after: 0, upto: null, bookings: [] },
    }),
  });
}

function personOf(nth: number) {
  const firstName = FIRST[nth % FIRST.length] ?? 'Ada';
  const lastName = LAST[(nth + Math.floor(nth / FIRST.length)) % LAST.length] ?? 'Lovelace';
  return { firstName, lastName, email: `${firstName}.${lastName}@example.test`.toLowerCase() };
}

/** Four characters as keys have them; no word comes twice within a few thousand. */
function wordOf(nth: number): string {
  return ((nth + 1) * 2_654_435_761).toString(36).toUpperCase().slice(-4);
}

function first(list: unknown, field: string): string {
  const [row]: unknown[] = Array.isArray(list) ? list : [];
  return fieldOf(row, field);
}

/** The newest mail that brought a key. */
function keyMail(list: unknown): string {
  const rows: unknown[] = Array.isArray(list) ? list : [];
  return fieldOf(
    rows.find((row) => fieldOf(row, 'kind') === 'key'),
    'messageId',
  );
}

function fieldOf(row: unknown, field: string): string {
  const value =
    typeof row === 'object' && row !== null
      ? Object.entries(row).find(([name]) => name === field)?.[1]
      : null;
  if (typeof value !== 'string') throw new Error(`the shop has no ${field}`);
  return value;
}
