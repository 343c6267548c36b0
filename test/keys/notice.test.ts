import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { composeMails } from '../../server/mail/compose.ts';
import { saveProduct } from '../../server/products/save-product.ts';
import type { MessageRow } from '../../server/store/rows.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { arrivalOf, booking, openWorld, type World } from '../support/world.ts';

const MINUTE_MS = 60_000;

describe.each(engines())('"your key is on its way" on %s', (engine) => {
  let world: World;
  let next = 0;
  const id = () => String((next += 1));

  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(async () => {
    await world.core.idle();
    expect(await world.broken()).toEqual([]);
    await world.close();
  });

  async function course(stock: number) {
    const itemId = id();
    const sku = `SKU-${itemId}`;
    await world.map(itemId, sku);
    await world.stock(sku, stock);
    return { sku, item: { kind: 'service' as const, id: itemId, name: null } };
  }
  const notices = async (externalId: string) =>
    (await world.mailsOf(externalId)).filter(({ kind }) => kind === 'key_waiting');
  const statusOf = async (externalId: string) => (await world.order(externalId))?.status;
  /** What the worker would do with these mails now, a word each. */
  async function drafts(messages: MessageRow[]): Promise<string[]> {
    const { store } = world;
    const deps = {
      store,
      clock: { now: () => new Date() },
      brand: loadBrand(),
      publicUrl: 'https://keys.example',
      lowStock: 10,
    };
    const written = await composeMails(deps, messages);
    return messages.map((message) => {
      const draft = written.get(message.id);
      return draft?.kind === 'mail' ? draft.mail.text : `${draft?.kind}: ${draft?.why}`;
    });
  }
  async function restock(sku: string, count: number, from = 1): Promise<void> {
    await world.stock(sku, count, from);
    await world.core.restock.fill([sku]);
  }

  test('is queued once for an order that waits, due in a minute, and says what is owed', async () => {
    const { item } = await course(0);
    const externalId = id();
    await world.send(booking({ externalId, item, quantity: 2 }));
    const queued = await notices(externalId);
    expect(queued).toMatchObject([
      { status: 'queued', priority: 1, recipient: `buyer-${externalId}@example.test` },
    ]);
    const [notice] = queued;
    const restMs = (notice?.dueAt?.getTime() ?? 0) - (notice?.createdAt.getTime() ?? 0);
    expect(Math.abs(restMs - MINUTE_MS)).toBeLessThan(MINUTE_MS / 2);
    const due = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 1, limit: 1000 }));
    expect(due.map((one) => one.id)).not.toContain(notice?.id);
    const [text] = await drafts(queued);
    expect(text).toContain(`Course SKU-${item.id}`);
    expect(text).toContain('2');
  });

  test('is not queued for an order that is served, nor by a product that keeps silent', async () => {
    const { item } = await course(1);
    const served = id();
    await world.send(booking({ externalId: served, item }));
    expect(await notices(served)).toEqual([]);

    const silent = await course(0);
    const saved = await saveProduct(openDesk(world).deps, {
      product: { sku: silent.sku, tellWaiting: false },
      reason: 'its keys come at once',
      actor: 'cli',
    });
    expect(saved).toMatchObject({ value: { product: { tellWaiting: false } } });
    const unheard = id();
    await world.send(booking({ externalId: unheard, item: silent.item }));
    expect(await statusOf(unheard)).toBe('waiting');
    expect(await world.mailsOf(unheard)).toEqual([]);
  });

  test('is not queued again by copies, revisions or a replay', async () => {
    const { item } = await course(0);
    const externalId = id();
    const deliveryId = newUuid();
    await world.send(booking({ externalId, item, rev: 1 }), { deliveryId });
    await world.send(booking({ externalId, item, rev: 1 }));
    await world.send(booking({ externalId, item, rev: 2 }));
    await world.send(booking({ externalId, item, rev: 3, quantity: 2 }));
    const again = arrivalOf(booking({ externalId, item, rev: 3, quantity: 2 }));
    again.delivery.replayOf = (await world.order(externalId))?.lastDeliveryId ?? null;
    await world.core.queue.submit(again);
    expect(await statusOf(externalId)).toBe('waiting');
    expect(await notices(externalId)).toHaveLength(1);
  });

  test('is queued when a pending booking is approved and finds no key', async () => {
    const { item } = await course(0);
    const externalId = id();
    await world.send(booking({ externalId, item, rev: 1, status: 'pending' }));
    expect([await statusOf(externalId), await notices(externalId)]).toEqual(['held', []]);
    await world.send(booking({ externalId, item, rev: 2 }));
    expect(await statusOf(externalId)).toBe('waiting');
    expect(await notices(externalId)).toHaveLength(1);
  });

  test('is dropped when the key came first, or the booking was cancelled', async () => {
    const { sku, item } = await course(0);
    const [served, cancelled] = [id(), id()];
    await world.send(booking({ externalId: served, item }));
    await world.send(booking({ externalId: cancelled, item, rev: 1 }));
    await world.send(booking({ externalId: cancelled, item, rev: 2, status: 'cancelled' }));
    await restock(sku, 1);
    expect(await statusOf(served)).toBe('fulfilled');
    const dropped = [...(await notices(served)), ...(await notices(cancelled))];
    expect(dropped.map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn']);
    // One that was leased at that moment is dropped when it is written.
    expect(await drafts(dropped)).toEqual([
      'nothing: the order is fulfilled',
      'nothing: the order is cancelled',
    ]);
  });

  test('goes out once when a booking waits twice within the minute', async () => {
    const { item } = await course(0);
    const externalId = id();
    for (const [rev, status] of [
      [1, 'approved'],
      [2, 'cancelled'],
      [3, 'approved'],
    ] as const)
      await world.send(booking({ externalId, item, rev, status }));
    const queued = await notices(externalId);
    expect(queued).toHaveLength(2);
    expect(queued.map(({ status }) => status).toSorted()).toEqual(['queued', 'withdrawn']);
    // The first may have been leased, and given back, while the booking was cancelled.
    const written = await drafts(queued.map((notice) => ({ ...notice, status: 'queued' })));
    expect(written.filter((text) => text.startsWith('nothing: a later notice'))).toHaveLength(1);
    expect(written.filter((text) => text.includes(`Course SKU-${item.id}`))).toHaveLength(1);
  });

  test('does not go to an address that was corrected, or that mail must not go to', async () => {
    const { item } = await course(0);
    const [moved, blocked] = [id(), id()];
    for (const externalId of [moved, blocked]) await world.send(booking({ externalId, item }));
    const order = await world.order(moved);
    if (!order) throw new Error('no order');
    await world.store.updateOrders({ orders: [{ ...order, email: 'corrected@example.test' }] });
    const [notice] = await notices(blocked);
    await world.store.saveSuppression({
      address: `buyer-${blocked}@example.test`,
      reason: 'complained',
      provider: 'sendgrid',
      messageId: notice?.id ?? '',
      since: new Date('2026-11-20T12:00:00Z'),
      detail: 'spamreport',
    });
    expect(await drafts([...(await notices(moved)), ...(await notices(blocked))])).toEqual([
      'nothing: the order has another address now',
      'refused: mail to this address was reported as spam on 2026-11-20',
    ]);
  });

  test('sent is not a key seen: a key that no mail was tried with goes back when its booking is cancelled', async () => {
    const { sku, item } = await course(0);
    const externalId = id();
    await world.send(booking({ externalId, item, rev: 1 }));
    const ids = (await notices(externalId)).map((notice) => notice.id);
    await world.store.leaseMessages({ ids, token: 't', leaseMs: MINUTE_MS });
    await world.store.settleMessages({
      isTry: true,
      ids,
      status: 'accepted',
      retryInMs: null,
      lastCode: 'accepted',
      lastError: null,
      acceptedAt: new Date(),
    });
    await restock(sku, 1);
    const [key] = (await world.mailsOf(externalId)).filter(({ kind }) => kind === 'key');
    expect((await drafts(key ? [key] : []))[0]).not.toContain('copy');
    await world.send(booking({ externalId, item, rev: 2, status: 'cancelled' }));
    expect(await world.store.countAvailable({ skus: [sku] })).toEqual([{ sku, available: 1 }]);
    expect(await world.keysOf(externalId)).toEqual([]);
  });
});
