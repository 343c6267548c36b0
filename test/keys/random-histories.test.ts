import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceKey } from '../../server/keys/replace.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { fitToSend } from '../../server/mail/fit-to-send.ts';
import { addKeys } from '../../server/orders/add-keys.ts';
import { cancelOrder } from '../../server/orders/cancel.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { arrivalOf, booking, openWorld, type World } from '../support/world.ts';

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
  | { kind: 'restock'; keys: number }
  | { kind: 'staff'; who: number; act: 'cancel' | 'add' | 'wait' | 'replace' | 'revoke' | 'read again' };

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
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('staff' as const),
      who,
      act: fc.constantFrom(
        'cancel' as const,
        'add' as const,
        'wait' as const,
        'replace' as const,
        'revoke' as const,
        'read again' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restock' as const), keys: fc.integer({ min: 1, max: 3 }) }),
  },
);

describe.each(engines())('random histories on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let course = 0;
  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  /** One try of the worker at the order's oldest open mail: one that has nothing to say any more is withdrawn. */
  async function tryMail(
    externalId: string,
    ends: 'accepted' | 'unknown' | 'retrying' | 'failed',
  ): Promise<void> {
    const mails = await world.mailsOf(externalId);
    const mail = mails.find((one) => ['queued', 'retrying', 'unknown'].includes(one.status));
    if (!mail) return;
    const order = (await world.order(externalId)) ?? undefined;
    const isIdle =
      mail.kind === 'key'
        ? 'why' in fitToSend(mail, order, await world.keysOf(externalId))
        : order?.status !== 'waiting';
    await world.store.leaseMessages({ ids: [mail.id], token: 't', leaseMs: 60_000 });
    await world.store.settleMessages({
      isTry: true,
      ids: [mail.id],
      status: isIdle ? 'withdrawn' : ends,
      retryInMs: null,
      lastCode: null,
      lastError: null,
      acceptedAt: null,
    });
  }

  /** Whatever staff try: what cannot be done is refused, and breaks nothing. */
  async function staff(
    externalId: string,
    sku: string,
    act: Extract<Happening, { kind: 'staff' }>['act'],
    last: Parameters<typeof booking>[0] | undefined,
  ): Promise<void> {
    const orderId = `amelia:${externalId}`;
    const by = { reason: 'a story', actor: 'staff:1' };
    const keyId = (await world.keysOf(externalId)).find(({ status: now }) => now === 'assigned')?.id ?? 0;
    if (act === 'cancel') await cancelOrder(desk.deps, { orderId, ...by });
    if (act === 'add') await addKeys(desk.deps, { orderId, sku, upTo: 2, ...by });
    if (act === 'wait') await addKeys(desk.deps, { orderId, sku, upTo: 3, wait: true, ...by });
    if (act === 'replace') await replaceKey(desk.deps, { keyId, ...by });
    if (act === 'revoke') await revokeKey(desk.deps, { keyId, ...by });
    const order = await world.order(externalId);
    if (act !== 'read again' || !order || !last) return;
    const arrival = arrivalOf(booking(last));
    await world.core.queue.submit({
      ...arrival,
      ...{ actor: 'staff:1', revives: orderId },
      delivery: { ...arrival.delivery, replayOf: order.lastDeliveryId },
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
          const sent = new Map<string, Parameters<typeof booking>[0]>();
          const acted = new Set<number>();
          for (const one of story) {
            if (one.kind === 'restock') {
              await world.stock(sku, one.keys, brought + 1);
              brought += one.keys;
              await world.core.restock.fill([sku]);
            } else if (one.kind === 'try') await tryMail(ids[one.who] ?? '', one.ends);
            else if (one.kind === 'staff') {
              const externalId = ids[one.who] ?? '';
              acted.add(one.who);
              await staff(externalId, sku, one.act, sent.get(externalId));
            } else {
              const name = `${one.who}:${one.rev}`;
              const told = one.rev === null ? one : (snapshots.get(name) ?? one);
              snapshots.set(name, told);
              const { rev, status: said, quantity: persons } = told;
              const externalId = ids[one.who] ?? '';
              const about = { externalId, item, rev, status: said, quantity: persons };
              if (rev === null || rev >= (sent.get(externalId)?.rev ?? -1)) sent.set(externalId, about);
              await world.send(booking(about));
            }
          }
          await world.core.idle();
          await world.core.fillAll();
          expect(await world.broken()).toEqual([]);
          for (const index of [0, 1, 2]) {
            const row = await world.order(ids[index] ?? '');
            if (row?.stopped) expect(row.status).toBe('cancelled');
          }
          for (const index of [0, 1]) {
            if (acted.has(index)) continue;
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
