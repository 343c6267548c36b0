import { parseOrderId, type ItemKind } from '../../shared/booking-event.ts';
import type { Receipt } from '../../server/keys/arrival.ts';
import { understand } from '../../server/webhook/understand.ts';
import type { AuditLine, KeyRow, MessageRow, OrderRow } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import type { EngineName } from './engines.ts';
import { deferred } from './deferred.ts';
import { openDesk, type Desk } from './desk.ts';
import { arrivalOf, booking, openWorld, type World } from './world.ts';

export interface Course {
  sku: string;
  item: { kind: ItemKind; id: string; name: string | null };
}

/** A world with two replicas, a desk of staff on each, and the words that stories about acts of staff need. */
export interface Shop {
  world: World;
  desk: Desk;
  /** Staff on the other replica, and what vends there. */
  other: Desk;
  otherCore: World['core'];
  course(stock: number): Promise<Course>;
  /** An approved booking of the course, sent on the first replica; answers its number. */
  book(course: Course, about?: Partial<Parameters<typeof booking>[0]>): Promise<string>;
  /** A raw delivery as a plain sender makes it, kept so that it can be read again. */
  receive(body: unknown, about?: { hook?: string; core?: World['core'] }): Promise<Receipt>;
  /** The mail server took all open key mails of the order. */
  deliver(id: string): Promise<void>;
  /**
   * From now on nobody locks an order before `parties` transactions want to: all have looked before one acts. The answer
   * opens the gate for good, for when a party has nothing to lock.
   */
  gate(parties: number): () => void;
  order(name: string): Promise<OrderRow | null>;
  keys(name: string, status?: KeyRow['status']): Promise<KeyRow[]>;
  keyMails(name: string): Promise<MessageRow[]>;
  trail(name: string): Promise<AuditLine[]>;
  free(sku: string): Promise<number>;
  close(): Promise<void>;
}

/** Orders are named in words, `amelia:13`; a bare number is a booking of Amelia. */
export async function openShop(engine: EngineName): Promise<Shop> {
  let atGate = async () => {};
  const world = await openWorld(engine, { wrap: (store) => gated(store, () => atGate()) });
  const second = await world.second();
  let next = 100;
  const number = () => String((next += 1));
  const named = (name: string) => (name.includes(':') ? name : `amelia:${name}`);
  const order = async (name: string): Promise<OrderRow | null> => {
    const key = parseOrderId(named(name));
    return key && (await world.store.findOrder(key));
  };
  const mails = async (name: string) => {
    const row = await order(name);
    return row ? world.store.findMessagesOfOrders({ orderIds: [row.id] }) : [];
  };
  const keyMails = async (name: string) => (await mails(name)).filter(({ kind }) => kind === 'key');
  return {
    world,
    desk: openDesk(world),
    other: openDesk({ ...world, ...second }),
    otherCore: second.core,
    gate(parties) {
      const opening = deferred();
      let arrived = 0;
      atGate = async () => {
        arrived += 1;
        if (arrived >= parties) opening.resolve();
        await opening.promise;
      };
      return opening.resolve;
    },
    async course(stock) {
      const id = number();
      const sku = `COURSE-${id}`;
      await world.map(id, sku);
      await world.stock(sku, stock);
      return { sku, item: { kind: 'service', id, name: null } };
    },
    async book({ item }, about = {}) {
      const externalId = about.externalId ?? number();
      await world.send(booking({ ...about, externalId, item }));
      return externalId;
    },
    receive(body, { hook, core = world.core } = {}) {
      const raw = new TextEncoder().encode(JSON.stringify(body));
      const { events, verdict } = understand({
        source: 'amelia',
        raw,
        contentType: 'application/json',
        hookHint: hook ?? null,
      });
      const { delivery, ...arrival } = arrivalOf(events);
      return core.queue.submit({
        ...arrival,
        verdict,
        delivery: { ...delivery, body: raw, hook: hook ?? null },
      });
    },
    async deliver(id) {
      const open = (await keyMails(id)).filter(({ status }) => status === 'queued');
      const ids = open.map((mail) => mail.id);
      await world.store.leaseMessages({ ids, token: 't', leaseMs: 60_000 });
      await world.store.settleMessages({
        isTry: true,
        ids,
        status: 'accepted',
        retryInMs: null,
        lastCode: '250',
        lastError: null,
        acceptedAt: new Date(),
      });
    },
    order,
    async keys(name, status = 'assigned') {
      const keys = await world.store.findKeysOfOrders({ orderIds: [named(name)] });
      return keys.filter((key) => key.status === status);
    },
    keyMails,
    async trail(name) {
      const row = await order(name);
      return row ? world.store.findAudit({ subject: `order:${row.id}` }) : [];
    },
    async free(sku) {
      const [stock] = await world.store.countAvailable({ skus: [sku] });
      return stock?.available ?? 0;
    },
    async close() {
      await second.core.idle();
      await world.close();
    },
  };
}

function gated(store: Store, wait: () => Promise<void>): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tx) =>
        work({
          ...tx,
          async lockOrders(q) {
            if (q.ids.length > 0) await wait();
            return tx.lockOrders(q);
          },
        }),
      ),
  };
}
