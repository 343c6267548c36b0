import { orderId } from '../../shared/booking-event.ts';
import { systemClock } from '../../server/clock.ts';
import { newUuid } from '../../server/ids.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { startOutbox, type Outbox } from '../../server/mail/outbox.ts';
import { openTransport } from '../../server/mail/transport.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import { systemTimers, type Timers } from '../../server/timers.ts';
import { openSmtpSink, type MailFault, type SinkFaults, type SmtpSink } from '../support/smtp-sink.ts';
import { booking, openWorld, type World } from '../support/world.ts';
import type { Brand } from '../../server/mail/brand.ts';
import type { LogEvent } from '../../server/log.ts';
import type { AlertKind, MessageRow } from '../../server/store/rows.ts';
import type { Store } from '../../server/store/store.ts';
import type { EngineName } from '../support/engines.ts';

const MINUTE = 60_000;
/** Shorter waits are those of database retries: they run by themselves. The queue's own rest until a test ends them. */
const HELD_MS = 1000;
/** Mails under way at once, on the five connections of the transport. */
export const AT_ONCE = 10;
const SKU = 'COURSE';

/** What became of the one mail of an order. */
interface Told {
  row: MessageRow;
  alerts: AlertKind[];
  /** What may arrive: its Message-ID and the key that is assigned to the order. */
  mail: string;
  /** What did arrive at the address of the order, in the same words. */
  arrived: string[];
}

interface Worker {
  outbox: Outbox;
  logged: LogEvent[];
  /** Moves this worker's clock; no timer runs. */
  ahead(ms: number): void;
  /** Runs every timer that the queue is waiting for, and what the mail server is then asked. */
  passTime(): Promise<void>;
  stop(): Promise<void>;
}

export interface SmtpWorld extends World {
  sink: SmtpSink;
  faults: SinkFaults;
  /** Numbers of new orders, each sold one key. */
  sell(count: number): Promise<string[]>;
  /** A real outbox with the real transport, on the sink. */
  work(options?: { store?: Store; silenceMs?: number; brand?: Brand }): Worker;
  /** Makes every try due that these orders' mails still have before them. The workers have drained the queue. */
  makeDue(orders: string[]): Promise<void>;
  /** How many of these orders' mails still have a try before them. */
  dueOf(orders: string[]): Promise<number>;
  told(order: string): Promise<Told>;
  toldOf(orders: string[]): Promise<Told[]>;
}

export const addressOf = (order: string): string => `buyer-${order}@example.test`;

/** Faults for some tries of some recipients; all else is taken. */
export function only(faults: Record<string, MailFault[]>): NonNullable<SinkFaults['rule']> {
  const byAddress = new Map(Object.entries(faults).map(([order, list]) => [addressOf(order), list]));
  return ({ to, time }) => byAddress.get(to)?.[time - 1] ?? {};
}

/** The vending core, a mail server that misbehaves, and workers between them: only time is not real. */
export async function openSmtpWorld(
  engine: EngineName,
  options: { wrap?: (store: Store) => Store } = {},
): Promise<SmtpWorld> {
  const faults: SinkFaults = {};
  const [world, sink] = await Promise.all([openWorld(engine, options), openSmtpSink(faults)]);
  const workers: Worker[] = [];
  let sold = 0;
  await world.map('1', SKU);
  await world.stock(SKU, 500);
  const ordersOf = (orders: string[]) =>
    world.store.findOrders({
      keys: orders.map((externalId) => ({ site: '', source: 'amelia' as const, externalId })),
    });
  const dueRows = async (orders: string[]) => {
    const orderIds = (await ordersOf(orders)).map(({ id }) => id);
    return (await world.store.findMessagesOfOrders({ orderIds })).filter(({ dueAt }) => dueAt !== null);
  };

  async function toldOf(orders: string[]): Promise<Told[]> {
    const rows = await ordersOf(orders);
    const messages = await world.store.findMessagesOfOrders({ orderIds: rows.map(({ id }) => id) });
    const keys = await world.store.findKeysOfOrders({ orderIds: rows.map(orderId) });
    const alerts = await world.store.transaction((tx) =>
      tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 1000 }),
    );
    return orders.map((order): Told => {
      const found = rows.find(({ externalId }) => externalId === order);
      const mine = messages.filter((message) => message.orderId === found?.id);
      const given = keys.filter(({ assignedOrderId }) => assignedOrderId === `amelia:${order}`);
      const [row] = mine;
      if (!row || mine.length > 1 || given.length > 1)
        throw new Error(`order ${order}: not one mail, or keys`);
      return {
        row,
        alerts: alerts.filter((alert) => alert.orderId === `amelia:${order}`).map(({ kind }) => kind),
        mail: `<${row.id}@shop.example> ${given[0]?.licenseKey ?? 'no key'}`,
        arrived: sink.mails
          .filter(({ envelopeTo }) => envelopeTo.includes(addressOf(order)))
          .map(({ messageId, text }) => `${messageId} ${keyIn(text)}`),
      };
    });
  }

  return {
    ...world,
    sink,
    faults,
    async sell(count) {
      const orders = Array.from({ length: count }, () => String((sold += 1)));
      await Promise.all(orders.map((externalId) => world.send(booking({ externalId }))));
      return orders;
    },
    work({ store = world.store, silenceMs = 5000, brand = loadBrand() } = {}) {
      const worker = startWorker({ store, brand, port: sink.port, silenceMs });
      workers.push(worker);
      return worker;
    },
    async makeDue(orders) {
      const rows = await dueRows(orders);
      if (rows.some(({ status }) => status === 'sending')) throw new Error('a worker is still at work');
      const ids = rows.map(({ id }) => id);
      await world.store.postponeMessages({ ids, byMs: -MINUTE });
    },
    dueOf: async (orders) => (await dueRows(orders)).length,
    async told(order) {
      const [told] = await toldOf([order]);
      if (!told) throw new Error(`order ${order}: not told`);
      return told;
    },
    toldOf,
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await sink.close();
      await world.close();
    },
  };
}

const keyIn = (text: string | undefined): string => /COURSE-\d{6}/.exec(text ?? '')?.[0] ?? 'no key';

function startWorker(at: { store: Store; brand: Brand; port: number; silenceMs: number }): Worker {
  const { store, brand, port, silenceMs } = at;
  const logged: LogEvent[] = [];
  const note = (event: LogEvent): void => void logged.push(event);
  const looks: Promise<unknown>[] = [];
  let held: (() => void)[] = [];
  let aheadMs = 0;
  const timers: Timers = {
    after(delayMs, work) {
      if (delayMs < HELD_MS) return systemTimers.after(delayMs, work);
      held.push(work);
      return () => {
        held = held.filter((other) => other !== work);
      };
    },
  };
  const transport = openTransport({
    mail: { kind: 'smtp', url: `smtp://shop:secret@127.0.0.1:${port}` },
    from: 'Key Bank <keys@shop.example>',
    brandName: brand.name,
    mailboxDir: '',
    clock: systemClock,
    patienceMs: { silence: silenceMs },
  });
  const outbox = startOutbox(
    {
      store,
      transport: {
        ...transport,
        verify() {
          const look = transport.verify();
          looks.push(look);
          return look;
        },
      },
      clock: { now: () => new Date(systemClock.now().getTime() + aheadMs) },
      timers,
      random: Math.random,
      newId: newUuid,
      log: { info: note, warn: note, error: note },
      brand,
      publicUrl: 'https://keys.example',
      lowStock: 10,
      onFailed: () => {},
    },
    { concurrency: AT_ONCE, gatherMs: 0 },
  );
  const stop = async () => {
    await outbox.stop();
    transport.close();
  };
  let stopped: Promise<void> | null = null;
  return {
    outbox,
    logged,
    ahead(ms) {
      aheadMs += ms;
    },
    async passTime() {
      for (const work of held.splice(0)) work();
      await Promise.all(looks.splice(0));
      // What the queue does with the answer.
      await new Promise((resolve) => setImmediate(resolve));
    },
    stop: () => (stopped ??= stop()),
  };
}
