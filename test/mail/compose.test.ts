import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessageStatus } from '../../shared/statuses.ts';
import { newUuid } from '../../server/ids.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { composeMails } from '../../server/mail/compose.ts';
import type { Draft } from '../../server/mail/draft.ts';
import { resendOrder } from '../../server/orders/resend.ts';
import type { AlertKind, MessageKind, MessageRow } from '../../server/store/rows.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('what a mail says on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let next = 0;
  const id = () => String((next += 1));
  const brand = { ...loadBrand(), supportEmail: 'help@shop.example' };

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  async function course(stock: number) {
    const itemId = id();
    const sku = `SKU-${itemId}`;
    await world.map(itemId, sku);
    await world.stock(sku, stock);
    return { sku, item: { kind: 'service' as const, id: itemId, name: null } };
  }
  async function draftsOf(messages: MessageRow[], store = world.store): Promise<Draft[]> {
    const deps = {
      store,
      clock: { now: () => new Date() },
      brand,
      publicUrl: 'https://keys.example',
      lowStock: 10,
    };
    const drafts = await composeMails(deps, messages);
    return messages.flatMap((message) => drafts.get(message.id) ?? []);
  }
  async function textOf(message: MessageRow | undefined): Promise<string> {
    const [draft] = await draftsOf(message ? [message] : []);
    if (draft?.kind !== 'mail') throw new Error(`${draft?.kind}: ${draft?.why}`);
    return draft.mail.text.replace(/\s+/g, ' ');
  }
  const keyMails = async (externalId: string) =>
    (await world.mailsOf(externalId)).filter(({ kind }) => kind === 'key');
  async function ended(message: MessageRow | undefined, status: MessageStatus = 'accepted'): Promise<void> {
    const ids = message ? [message.id] : [];
    await world.store.leaseMessages({ ids, token: 't', leaseMs: 60_000 });
    await world.store.settleMessages({
      isTry: true,
      ids,
      status,
      retryInMs: null,
      lastCode: status,
      lastError: null,
      acceptedAt: new Date(),
    });
  }
  async function suppress(address: string): Promise<void> {
    await world.store.saveSuppression({
      address,
      reason: 'bounced',
      provider: 'postmark',
      messageId: newUuid(),
      since: new Date('2026-11-20T12:00:00Z'),
      detail: '550 5.1.1, HardBounce',
    });
  }
  /** A mail to the admin that tells these alerts, as tellAlerts leaves it. */
  async function telling(
    kind: MessageKind,
    alerts: { kind: AlertKind; orderId: string | null; detail?: string }[],
  ): Promise<MessageRow> {
    const messageId = newUuid();
    const createdAt = new Date();
    // Later than every mail to a buyer, whose clock some tests put ahead.
    const raisedAt = new Date(createdAt.getTime() + 60_000);
    await world.store.insertMessages({
      messages: [
        { id: messageId, kind, orderId: null, recipient: 'admin@example.test', priority: 0, createdAt },
      ],
    });
    await world.store.insertAlerts({
      alerts: alerts.map((alert) => ({ sku: null, detail: 'no detail', createdAt: raisedAt, ...alert })),
    });
    await world.store.transaction(async (tx) => {
      const kinds = alerts.map((alert) => alert.kind);
      const untold = await tx.lockUntoldAlerts({ kinds, limit: 1000 });
      await tx.markAlertsTold({ ids: untold.map((alert) => alert.id), messageId });
    });
    const [message] = await world.store.findMessages({ ids: [messageId] });
    if (!message) throw new Error('the message is not there');
    return message;
  }

  test('a key given after another was revoked is no copy: the mail names the former key by its end', async () => {
    const { item } = await course(2);
    const externalId = id();
    await world.store.saveProduct({
      sku: `SKU-${item.id}`,
      name: 'Course',
      lowStock: null,
      onCancel: 'revoke',
      holdMinutes: 0,
      activationUrl: null,
      instructions: null,
      tellWaiting: true,
    });
    await world.send(booking({ externalId, item, rev: 1 }));
    const [first] = await keyMails(externalId);
    expect(await textOf(first)).toContain('Thank you for your booking');
    await ended(first);
    await world.send(booking({ externalId, item, rev: 2, status: 'cancelled' }));
    world.clock.ahead(1000);
    await world.send(booking({ externalId, item, rev: 3 }));
    const [, second] = await keyMails(externalId);
    const text = await textOf(second);
    expect(text).toContain(`SKU-${item.id}-000002`);
    expect(text).toContain('••••-0001 no longer works');
    expect(text).not.toContain('copy');
    expect(text).not.toContain(`SKU-${item.id}-000001`);
  });

  test('answers of buyers go to the support address, and those to the admin’s mails do not', async () => {
    const { item } = await course(1);
    const externalId = id();
    await world.send(booking({ externalId, item }));
    const attention = await telling('admin_attention', [
      { kind: 'conflict', orderId: `amelia:${externalId}`, detail: 'it says otherwise' },
    ]);
    const [toBuyer, toAdmin] = await draftsOf([...(await keyMails(externalId)), attention]);
    expect(toBuyer).toMatchObject({ kind: 'mail', name: 'Ada Lovelace', replyTo: 'help@shop.example' });
    expect(toAdmin).toMatchObject({ kind: 'mail', name: '' });
    expect(toAdmin).not.toHaveProperty('replyTo');
  });

  test('no key goes to an address that bounced, in whatever letters; a cancelled order is not even refused', async () => {
    const { item } = await course(2);
    const [open, cancelled] = [id(), id()];
    await world.send(booking({ externalId: open, item }));
    await world.send(booking({ externalId: cancelled, item, rev: 1 }));
    const mails = [...(await keyMails(open)), ...(await keyMails(cancelled))];
    await world.send(booking({ externalId: cancelled, item, rev: 2, status: 'cancelled' }));
    for (const one of [open, cancelled]) await suppress(`buyer-${one}@example.test`);
    const shouted = mails.map((mail) => ({ ...mail, recipient: mail.recipient.toUpperCase() }));
    expect(await draftsOf(shouted)).toEqual([
      { kind: 'refused', code: 'suppressed', why: 'mail to this address bounced on 2026-11-20' },
      { kind: 'nothing', why: 'the order is cancelled' },
    ]);
  });

  test('a batch of buyers’ mails costs the same few queries, however many they are', async () => {
    const { item } = await course(30);
    const ids = Array.from({ length: 30 }, id);
    await Promise.all(ids.map((externalId) => world.send(booking({ externalId, item }))));
    const mails = (await Promise.all(ids.map(keyMails))).flat();
    let asked = 0;
    const store = new Proxy(world.store, {
      get(target, name, receiver) {
        asked += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    expect((await draftsOf(mails, store)).map(({ kind }) => kind)).toEqual(ids.map(() => 'mail'));
    expect(asked).toBeLessThanOrEqual(5);
  });

  test('out of stock: orders that were served meanwhile are left out, and with none left it is withdrawn', async () => {
    const { sku, item } = await course(0);
    const [first, second] = [id(), id()];
    for (const externalId of [first, second]) await world.send(booking({ externalId, item, quantity: 2 }));
    await world.core.idle();
    const alerts = [first, second].map((externalId) => ({
      kind: 'out_of_stock' as const,
      orderId: `amelia:${externalId}`,
    }));
    const urgent = await telling('admin_urgent', alerts);
    expect(await textOf(urgent)).toMatch(
      new RegExp(`4 keys owed.*amelia:${first}\\b.*2 keys, since.*amelia:${second}\\b`),
    );
    await world.stock(sku, 3);
    await world.core.restock.fill([sku]);
    const text = await textOf(urgent);
    expect(text).toMatch(new RegExp(`2 keys owed.*1 in stock.*amelia:${second}\\b`));
    expect(text).not.toMatch(new RegExp(`amelia:${first}\\b`));
    await world.stock(sku, 1, 4);
    await world.core.restock.fill([sku]);
    expect(await draftsOf([urgent])).toEqual([{ kind: 'nothing', why: 'no order of it waits any more' }]);
  });

  test('mail failing: each failure with the order’s address as it is now', async () => {
    const { item } = await course(1);
    const externalId = id();
    await world.send(booking({ externalId, item }));
    const order = await world.order(externalId);
    if (!order) throw new Error('no order');
    await world.store.updateOrders({ orders: [{ ...order, email: 'corrected@example.test' }] });
    const orderId = `amelia:${externalId}`;
    const text = await textOf(
      await telling('admin_mail_failing', [
        { kind: 'mail_bounced', orderId, detail: 'no such mailbox' },
        { kind: 'mail_complained', orderId: 'amelia:gone', detail: 'spam' },
      ]),
    );
    for (const words of [orderId, 'Ada Lovelace, corrected@example.test', 'no such mailbox', 'amelia:gone'])
      expect(text).toContain(words);
  });

  test('mail failing: what somebody has acted upon since has lapsed, and with nothing left it is withdrawn', async () => {
    const { item } = await course(3);
    const [resent, cancelled, open] = [id(), id(), id()];
    for (const externalId of [resent, cancelled, open])
      await world.send(booking({ externalId, item, rev: 1 }));
    await Promise.all(
      (await Promise.all([resent, cancelled, open].map(keyMails))).flat().map((mail) => ended(mail)),
    );
    const bounced = (externalId: string) => ({
      kind: 'mail_bounced' as const,
      orderId: `amelia:${externalId}`,
    });
    const mail = await telling('admin_mail_failing', [resent, cancelled, open].map(bounced));
    const alone = await telling('admin_mail_failing', [resent, cancelled].map(bounced));
    expect(await textOf(mail)).toContain('3 mails to buyers failed');
    desk.ahead(5 * 60_000);
    const answer = await resendOrder(desk.deps, {
      orderId: `amelia:${resent}`,
      email: 'right@example.test',
      reason: 'mistyped',
      actor: 'cli',
    });
    expect(answer.ok).toBe(true);
    await world.send(booking({ externalId: cancelled, item, rev: 2, status: 'cancelled' }));
    const text = await textOf(mail);
    expect(text).toContain('A mail to a buyer failed');
    expect(text).toContain(`amelia:${open}: Bounced`);
    expect(text).not.toContain('right@');
    expect(await draftsOf([alone])).toEqual([
      { kind: 'nothing', why: 'no failed mail of it is left to tell' },
    ]);
    const again = (await keyMails(resent)).find(({ recipient }) => recipient === 'right@example.test');
    await ended(again, 'failed');
    expect(await textOf(alone)).toContain(`amelia:${resent}: Bounced`);
  });

  test('mail failing: of an order that waits, how to correct its address', async () => {
    const { item } = await course(0);
    const externalId = id();
    await world.send(booking({ externalId, item }));
    await world.core.idle();
    const failing = await telling('admin_mail_failing', [
      { kind: 'mail_bounced', orderId: `amelia:${externalId}`, detail: 'no such mailbox' },
    ]);
    const text = await textOf(failing);
    expect(text).toContain('The order waits for stock');
    expect(text).not.toContain('stay assigned');
  });

  test('an urgent mail that an older version queued tells alerts of every kind; shortages that are over are left out', async () => {
    const { sku, item } = await course(0);
    const [first, second] = [id(), id()];
    for (const externalId of [first, second]) await world.send(booking({ externalId, item }));
    await world.core.idle();
    const urgent = await telling('admin_urgent', [
      { kind: 'out_of_stock', orderId: `amelia:${first}`, detail: 'it waits' },
      { kind: 'out_of_stock', orderId: `amelia:${second}`, detail: 'it waits' },
      { kind: 'conflict', orderId: 'amelia:other', detail: 'it says otherwise' },
      { kind: 'mail_failed', orderId: 'amelia:lost', detail: 'Refused for good' },
    ]);
    await world.stock(sku, 1);
    await world.core.restock.fill([sku]);
    const text = await textOf(urgent);
    for (const words of [`amelia:${second}`, 'it says otherwise', 'amelia:other', 'Refused for good'])
      expect(text).toContain(words);
    expect(text).not.toMatch(new RegExp(`amelia:${first}\\b`));
  });

  test('mail failing: what is beyond fifty is counted', async () => {
    const failures = Array.from({ length: 57 }, (_, at) => ({
      kind: 'mail_failed' as const,
      orderId: `amelia:lost-${at}`,
    }));
    expect(await textOf(await telling('admin_mail_failing', failures))).toContain(
      '57 mails to buyers failed',
    );
  });

  test('low stock: with how long it lasts', async () => {
    const { sku, item } = await course(10);
    await world.send(booking({ externalId: id(), item, quantity: 2 }));
    const low = await telling('admin_low_stock', []);
    expect(await textOf(low)).toMatch(new RegExp(`\\(${sku}\\): 8 left About 4 days left at 2 a day`));
  });

  test('alerts that are gone have no mail', async () => {
    const empty = [await telling('admin_attention', []), await telling('admin_mail_failing', [])];
    expect((await draftsOf(empty)).map(({ kind }) => kind)).toEqual(['nothing', 'nothing']);
  });
});
