import type { BookingEvent } from '../../shared/booking-event.ts';
import { verifyAll } from '../../server/audit/verify.ts';
import type { Clock } from '../../server/clock.ts';
import { createCore, type Core } from '../../server/core.ts';
import { newUuid } from '../../server/ids.ts';
import type { Arrival, Receipt } from '../../server/keys/arrival.ts';
import { silentLog } from '../../server/log.ts';
import { migrate } from '../../server/store/migrate.ts';
import { openStore } from '../../server/store/open.ts';
import type { KeyRow, MessageRow, OrderRow } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import { systemTimers } from '../../server/timers.ts';
import { freshDatabase, type EngineName } from './engines.ts';

/** A database of its own with the vending core on it: what a story about orders and keys needs. */
export interface World {
  url: string;
  store: Store;
  core: Core;
  /** A second service on the same database, with a pool and a queue of its own. */
  second(): Promise<{ store: Store; core: Core }>;
  clock: { ahead(ms: number): void };
  /** Puts a product and `count` keys into stock; keys read `<sku>-<from>`, … */
  stock(sku: string, count: number, from?: number): Promise<void>;
  /** Maps Amelia service `id` to a product. */
  map(id: string, sku: string | null, quantity?: number): Promise<void>;
  send(event: BookingEvent, extra?: { core?: Core; deliveryId?: string }): Promise<Receipt>;
  order(externalId: string): Promise<OrderRow | null>;
  keysOf(externalId: string): Promise<KeyRow[]>;
  mailsOf(externalId: string): Promise<MessageRow[]>;
  broken(): Promise<{ promise: string; violations: number; examples: string[] }[]>;
  close(): Promise<void>;
}

export async function openWorld(
  engine: EngineName,
  options: { defaultSku?: string; wrap?: (store: Store) => Store } = {},
): Promise<World> {
  const database = await freshDatabase(engine);
  await migrate({ url: database.url });
  const opened: Store[] = [];
  let aheadMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + aheadMs) };

  async function open(): Promise<{ store: Store; core: Core }> {
    const real = await openStore({ url: database.url });
    opened.push(real);
    const store = options.wrap?.(real) ?? real;
    const core = createCore({
      store,
      clock,
      timers: systemTimers,
      random: Math.random,
      newId: newUuid,
      log: silentLog,
      defaultSku: options.defaultSku ?? null,
      adminEmail: 'admin@example.test',
      lowStock: 10,
      onMail: () => {},
    });
    return { store, core };
  }

  const { store, core } = await open();
  const key = (externalId: string) => ({ site: '', source: 'amelia' as const, externalId });
  return {
    url: database.url,
    store,
    core,
    second: open,
    clock: {
      ahead(ms) {
        aheadMs += ms;
      },
    },
    async stock(sku, count, from = 1) {
      await addProduct(store, sku);
      const keys = Array.from(
        { length: count },
        (_, index) => `${sku}-${String(from + index).padStart(6, '0')}`,
      );
      await store.insertKeys({ keys: keys.map((licenseKey) => ({ licenseKey, sku })) });
    },
    async map(id, sku, quantity = 1) {
      if (sku) await addProduct(store, sku);
      await store.saveMapping({
        site: '',
        source: 'amelia',
        kind: 'service',
        itemId: id,
        sku,
        quantity,
        per: 'booking',
      });
    },
    send: (event, extra = {}) => (extra.core ?? core).queue.submit(arrivalOf(event, extra.deliveryId)),
    order: (externalId) => store.findOrder(key(externalId)),
    keysOf: (externalId) => store.findKeysOfOrders({ orderIds: [`amelia:${externalId}`] }),
    async mailsOf(externalId) {
      const order = await store.findOrder(key(externalId));
      return order ? store.findMessagesOfOrders({ orderIds: [order.id] }) : [];
    },
    async broken() {
      return (await verifyAll(store)).filter((promise) => promise.violations > 0);
    },
    async close() {
      await core.idle();
      for (const one of opened) await one.close();
      await database.drop();
    },
  };
}

async function addProduct(store: Store, sku: string): Promise<void> {
  await store.insertProducts({ products: [{ ...PRODUCT, sku, name: `Course ${sku}` }] });
}

const PRODUCT = {
  lowStock: null,
  onCancel: 'keep' as const,
  holdMinutes: 30,
  activationUrl: null,
  instructions: null,
  tellWaiting: true,
};

/** An approved Amelia booking of service 1 by one person; a test states only what matters to it. */
export function booking(about: Partial<BookingEvent> & { externalId: string }): BookingEvent {
  return {
    source: 'amelia',
    rev: null,
    hook: 'amelia_after_booking_added',
    authority: about.rev == null ? 'settled' : 'snapshot',
    status: 'approved',
    rawStatus: about.status ?? 'approved',
    item: { kind: 'service', id: '1', name: 'Key Workshop' },
    quantity: 1,
    purchase: null,
    email: { value: `buyer-${about.externalId}@example.test`, where: 'booking.customer.email' },
    alternates: [],
    name: { value: 'Ada Lovelace', where: 'booking.customer.firstName' },
    coupon: null,
    payment: { gateway: 'onSite', status: 'pending', transactionId: null },
    locale: null,
    remarks: [],
    ...about,
  };
}

export function arrivalOf(event: BookingEvent | BookingEvent[], deliveryId = newUuid()): Arrival {
  const events = Array.isArray(event) ? event : [event];
  return {
    delivery: {
      id: deliveryId,
      receivedAt: new Date(),
      site: '',
      source: events[0]?.source ?? 'amelia',
      hook: events[0]?.hook ?? null,
      contentType: 'application/json',
      body: new TextEncoder().encode(JSON.stringify(events)),
      headers: {},
      replayOf: null,
    },
    events,
    actor: 'webhook',
    revives: false,
    verdict: null,
  };
}
