import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../server/store/store-error.ts';
import { engines } from '../support/engines.ts';
import { booking } from '../support/world.ts';
import { addressOf, AT_ONCE, openSmtpWorld } from './smtp-world.ts';
import type { Store } from '../../server/store/store.ts';
import type { MailFault } from '../support/smtp-sink.ts';

const ORDERS = 200;
const SEED = 'seed 1';
const SILENCE_MS = 1000;

/** Of a hundred tries: how many end in which way. The rest is taken. */
const LOTS: [number, MailFault][] = [
  [8, { recipient: 451 }],
  [8, { message: 451 }],
  [3, { message: 421 }],
  [6, { recipient: 550 }],
  [12, { cutAt: 'message' }],
  [4, { cutAt: 'recipient' }],
  [3, { hangAt: 'message' }],
];

/** The same for the same try of the same mail, in whatever order the workers come. From the fourth try on all is well. */
function drawn(to: string, time: number): MailFault {
  const draw = createHash('sha256').update(`${SEED} ${to} ${time}`).digest().readUInt32BE(0) % 100;
  let above = 0;
  for (const [share, fault] of time > 3 ? [] : LOTS) if (draw < (above += share)) return fault;
  return {};
}

describe.each(engines())('a crowd of mails on %s', (engine) => {
  it('two workers, a server of many faults that restarts: nothing lost, no stranger sees a key', async () => {
    const world = await openSmtpWorld(engine);
    const orders = await world.sell(ORDERS);
    const restarts: Promise<void>[] = [];
    world.faults.rule = ({ to, nth, time }) => {
      if (nth === ORDERS / 2) restarts.push(world.sink.close().then(world.sink.reopen));
      return drawn(to, time);
    };
    const { store } = await world.second();
    const workers = [world.work({ silenceMs: SILENCE_MS }), world.work({ silenceMs: SILENCE_MS, store })];
    const isOpen = async () => {
      const counts = await world.store.messageCounts({ since: null });
      return (await world.dueOf(orders)) > 0 || counts.some(({ status }) => status === 'sending');
    };
    let looks = 0;
    for (; looks < 100 && (await isOpen()); looks += 1) {
      await Promise.all(workers.map(({ outbox }) => outbox.drain()));
      await Promise.all(restarts);
      await world.makeDue(orders);
      await Promise.all(workers.map((worker) => worker.passTime()));
    }
    expect(await isOpen()).toBe(false);

    const ends = await world.toldOf(orders);
    for (const { row, alerts, mail, arrived } of ends) {
      const at = `${row.recipient}, ${row.status}`;
      // Nothing but the one assigned key, under the one Message-ID.
      expect(new Set([...arrived, mail]), at).toEqual(new Set([mail]));
      expect(mail, at).not.toContain('no key');
      expect(arrived.length, at).toBeLessThanOrEqual(2);
      if (row.status === 'accepted') expect(arrived.length, at).toBeGreaterThan(0);
      else expect(['failed', 'unknown'], at).toContain(row.status);
      if (row.status === 'unknown') expect(row.attempts, at).toBeGreaterThanOrEqual(2);
      expect(alerts, at).toEqual(row.status === 'accepted' ? [] : ['mail_failed']);
      // Only what was cut off from its answer came again.
      const [first] = world.sink.mails.filter(({ envelopeTo }) => envelopeTo.includes(row.recipient));
      if (arrived.length > 1) expect(first?.isInDoubt, at).toBe(true);
    }
    // Each arrived mail is one of these, to one recipient.
    expect(world.sink.mails.map(({ envelopeTo }) => envelopeTo.length)).toEqual(
      world.sink.mails.map(() => 1),
    );
    expect(ends.flatMap(({ arrived }) => arrived)).toHaveLength(world.sink.mails.length);
    // The seed deals every fault its part.
    const statuses = ends.map(({ row }) => row.status);
    expect(statuses.filter((status) => status === 'failed').length).toBeGreaterThan(5);
    expect(statuses.filter((status) => status === 'unknown').length).toBeGreaterThan(0);
    expect(world.sink.mails.filter(({ isInDoubt }) => isInDoubt).length).toBeGreaterThan(10);
    expect(restarts).toHaveLength(1);
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
    await world.close();
  });

  it('an admin mail overtakes 300 key mails: it leaves right after those that were under way', async () => {
    const world = await openSmtpWorld(engine);
    const orders = await world.sell(300);
    const begun: string[] = [];
    const held: (() => void)[] = [];
    let full = () => {};
    const isFull = new Promise<void>((resolve) => (full = resolve));
    // The first hundred show that the server is fast, so that many are leased ahead; then its answers wait for us.
    world.faults.rule = ({ to, nth }) => {
      begun.push(to);
      if (nth <= 100) return {};
      if (nth === 105) full();
      return { hold: new Promise<void>((resolve) => held.push(resolve)) };
    };
    const watched = watch(world.store);
    const worker = world.work({ store: watched.store });
    await isFull;
    worker.outbox.wake();
    await watched.quiet();
    await world.store.insertAlerts({
      alerts: [{ kind: 'unreadable', orderId: null, sku: null, detail: 'x', createdAt: new Date() }],
    });
    expect(await world.core.tellAlerts()).toBe(1);
    // Sooner the queue would not look again: in a rush it is woken many times a second.
    worker.ahead(1000);
    worker.outbox.wake();
    await watched.quiet();
    const arrived = world.sink.waitFor(({ envelopeTo }) => envelopeTo.includes('admin@example.test'));
    world.faults.rule = ({ to }) => {
      begun.push(to);
      return {};
    };
    expect(begun).toHaveLength(105);
    for (const release of held) release();
    await arrived;
    const place = begun.indexOf('admin@example.test') - 105;
    // Those that had a slot but no connection yet, then the urgent one; the connections may take turns.
    expect(place).toBeLessThanOrEqual(AT_ONCE);
    await worker.outbox.drain();
    expect(world.sink.mails).toHaveLength(301);
    expect(new Set(world.sink.mails.flatMap(({ envelopeTo }) => envelopeTo))).toEqual(
      new Set(['admin@example.test', ...orders.map(addressOf)]),
    );
    await world.close();
  });

  it('a worker that comes before the vend is committed sends nothing; rolled back, nothing is left to send', async () => {
    const before: (() => Promise<void>)[] = [];
    const unwrapped: Store[] = [];
    const world = await openSmtpWorld(engine, {
      wrap: (store): Store => {
        unwrapped.push(store);
        return {
          ...store,
          transaction: (work) =>
            store.transaction(async (tx) => {
              const answer = await work(tx);
              for (const meanwhile of before) await meanwhile();
              return answer;
            }),
        };
      },
    });
    const [store] = unwrapped;
    const worker = world.work(store && { store });
    const sell = () => world.send(booking({ externalId: '1' }));
    before.push(
      () => worker.outbox.drain(),
      () => Promise.reject(new StoreError('store.fault', 'committing', 'x')),
    );
    await expect(sell()).rejects.toThrow('store.fault');
    await worker.outbox.drain();
    expect([await world.mailsOf('1'), await world.keysOf('1'), world.sink.mails]).toEqual([[], [], []]);

    before.splice(1, 1, async () => expect(world.sink.mails).toEqual([]));
    await sell();
    before.splice(0);
    await worker.outbox.drain();
    const { row, mail, arrived } = await world.told('1');
    expect([row.status, arrived]).toEqual(['accepted', [mail]]);
    await world.close();
  });
});

/** The store, and a promise that resolves when nothing is asked of it any more. */
function watch(store: Store): { store: Store; quiet(): Promise<void> } {
  const pending = new Set<Promise<unknown>>();
  const watched = new Proxy(store, {
    get(target, name): unknown {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      return (...args: unknown[]) => {
        const work = (async (): Promise<unknown> => Reflect.apply(verb, target, args))();
        const watching: Promise<unknown> = work.then(
          () => pending.delete(watching),
          () => pending.delete(watching),
        );
        pending.add(watching);
        return work;
      };
    },
  });
  return {
    store: watched,
    async quiet() {
      for (let calm = 0; calm < 20; calm += 1) {
        if (pending.size > 0) calm = 0;
        await Promise.all(pending);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
