import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

/** What may happen to three bookings of one course, in any order. */
type Happening =
  | {
      kind: 'event';
      who: number;
      rev: number | null;
      status: 'approved' | 'pending' | 'cancelled';
      quantity: number;
    }
  | { kind: 'try'; who: number; ends: 'accepted' | 'unknown' | 'retrying' | 'failed' }
  | { kind: 'restock'; keys: number };

const who = fc.nat({ max: 2 });
const status = fc.constantFrom('approved' as const, 'pending' as const, 'cancelled' as const);
const quantity = fc.integer({ min: 1, max: 3 });
/** Bookings 0 and 1 come with revisions, booking 2 from a raw sender. */
const event = fc
  .record({ who, rev: fc.integer({ min: 1, max: 9 }), status, quantity })
  .map((one) => ({ kind: 'event' as const, ...one, rev: one.who === 2 ? null : one.rev }));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: event },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('try' as const),
      who,
      ends: fc.constantFrom('accepted' as const, 'unknown' as const, 'retrying' as const, 'failed' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restock' as const), keys: fc.integer({ min: 1, max: 3 }) }),
  },
);

describe.each(engines())('random histories on %s', (engine) => {
  let world: World;
  let course = 0;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  /** One try of the worker at the order's oldest open mail: a mail of an order that is not fulfilled is withdrawn. */
  async function tryMail(
    externalId: string,
    ends: 'accepted' | 'unknown' | 'retrying' | 'failed',
  ): Promise<void> {
    const mails = await world.mailsOf(externalId);
    const mail = mails.find((one) => ['queued', 'retrying', 'unknown'].includes(one.status));
    if (!mail) return;
    const order = await world.order(externalId);
    await world.store.leaseMessages({ ids: [mail.id], token: 't', leaseMs: 60_000 });
    await world.store.settleMessages({
      isTry: true,
      ids: [mail.id],
      status: order?.status === 'fulfilled' ? ends : 'withdrawn',
      retryInMs: null,
      lastCode: null,
      lastError: null,
      acceptedAt: null,
    });
  }

  it('keep every promise, and end where the highest revision says', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.array(happening, { minLength: 3, maxLength: 14 }),
        async (stock, story) => {
          course += 1;
          const sku = `C-${course}`;
          const item = { kind: 'service' as const, id: String(course), name: null };
          await world.map(item.id, sku);
          await world.stock(sku, stock);
          const ids = [0, 1, 2].map((index) => String(course * 10 + index));
          let brought = stock;
          // One revision is one snapshot: the same number never says two things.
          const snapshots = new Map<string, Extract<Happening, { kind: 'event' }>>();
          for (const one of story) {
            if (one.kind === 'restock') {
              await world.stock(sku, one.keys, brought + 1);
              brought += one.keys;
              await world.core.restock.fill([sku]);
            } else if (one.kind === 'try') await tryMail(ids[one.who] ?? '', one.ends);
            else {
              const name = `${one.who}:${one.rev}`;
              const told = one.rev === null ? one : (snapshots.get(name) ?? one);
              snapshots.set(name, told);
              const { rev, status: said, quantity: persons } = told;
              await world.send(
                booking({ externalId: ids[one.who] ?? '', item, rev, status: said, quantity: persons }),
              );
            }
          }
          await world.core.idle();
          await world.core.fillAll();
          expect(await world.broken()).toEqual([]);
          for (const index of [0, 1]) {
            const own = [...snapshots]
              .filter(([name]) => name.startsWith(`${index}:`))
              .map(([, told]) => told);
            const last = own.sort((a, b) => (a.rev ?? 0) - (b.rev ?? 0)).at(-1);
            const order = await world.order(ids[index] ?? '');
            if (last?.status === 'cancelled') expect(order?.status).toBe('cancelled');
            if (last?.status === 'approved') expect(['fulfilled', 'waiting']).toContain(order?.status);
            if (last?.status === 'pending') expect(['held', 'fulfilled']).toContain(order?.status);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
