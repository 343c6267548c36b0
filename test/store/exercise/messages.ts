import { expect, it } from 'vitest';
import { MESSAGE_KINDS } from '../../../server/store/rows.ts';
import type { MessageRow } from '../../../server/store/rows.ts';
import { MESSAGE_STATUSES } from '../../../shared/statuses.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { AT, aMessage, storedMessage, storedOrder, the, unique, uuid, withoutDueMessages } from './world.ts';

const MINUTE = 60_000;

export function exerciseMessages({ verb, store }: Exercise): void {
  const found = async (id: string): Promise<MessageRow> => the(await store().findMessage({ id }));
  const due = async (priority: 0 | 1 = 0, limit = 100): Promise<string[]> =>
    store().transaction(async (tx) => (await tx.lockDueMessages({ priority, limit })).map((row) => row.id));
  const lease = async (id: string, leaseMs: number): Promise<string> => {
    const token = uuid();
    await store().leaseMessages({ ids: [id], token, leaseMs });
    return token;
  };
  const accepted = (id: string, leaseToken: string) => ({
    id,
    leaseToken,
    status: 'accepted' as const,
    retryInMs: null,
    lastCode: '250',
    lastError: null,
    acceptedAt: AT,
  });

  verb('findMessage', () => {
    it('gives the message', async () => {
      const message = await storedMessage(store(), { recipient: 'ädä😀@example.test' });
      expect(await found(message.id)).toEqual({
        ...message,
        status: 'queued',
        attempts: 0,
        dueAt: expect.any(Date),
        leaseToken: null,
        lastCode: null,
        lastError: null,
        acceptedAt: null,
      });
    });
    it('gives null for an unknown id', async () => {
      expect(await store().findMessage({ id: uuid() })).toBeNull();
    });
  });

  verb('findMessagesOfOrders', () => {
    it('gives the messages of these orders and of no other', async () => {
      const [one, two] = [await storedMessage(store()), await storedMessage(store())];
      const again = await storedMessage(store(), { orderId: one.orderId });
      await storedMessage(store());
      const rows = await store().findMessagesOfOrders({ orderIds: [the(one.orderId), the(two.orderId)] });
      expect(rows.map((row) => row.id).toSorted()).toEqual([one.id, two.id, again.id].toSorted());
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findMessagesOfOrders({ orderIds: [] })).toEqual([]);
    });
  });

  verb('insertMessages', () => {
    it("queues a message that is due at once by the database's clock, whatever the caller's says", async () => {
      await withoutDueMessages(store());
      const message = await storedMessage(store(), { createdAt: new Date('2030-01-01T00:00:00.000Z') });
      expect(await due()).toEqual([message.id]);
      expect(await found(message.id)).toMatchObject({
        status: 'queued',
        attempts: 0,
        createdAt: message.createdAt,
      });
    });
    it('takes every kind, with or without an order', async () => {
      const order = await storedOrder(store());
      const messages = MESSAGE_KINDS.map((kind) =>
        aMessage({ kind, orderId: kind === 'key' ? order.id : null }),
      );
      await store().insertMessages({ messages });
      for (const message of messages) expect(await found(message.id)).toMatchObject(message);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().insertMessages({ messages: [] })).resolves.toBeUndefined();
    });
  });

  verb('leaseMessages', () => {
    it('counts a try, and lends the message until the lease ends', async () => {
      await withoutDueMessages(store());
      const { id } = await storedMessage(store());
      const token = await lease(id, 5 * MINUTE);
      const leased = await found(id);
      expect(leased).toMatchObject({ status: 'sending', attempts: 1, leaseToken: token });
      expect(Math.abs(the(leased.dueAt).getTime() - Date.now() - 5 * MINUTE)).toBeLessThan(MINUTE);
      expect(await due()).toEqual([]);
    });
    it('leases these and no others', async () => {
      const [one, other] = [await storedMessage(store()), await storedMessage(store())];
      await lease(one.id, MINUTE);
      expect(await found(other.id)).toMatchObject({ status: 'queued', attempts: 0, leaseToken: null });
    });
    it('does nothing for an empty list', async () => {
      await expect(
        store().leaseMessages({ ids: [], token: uuid(), leaseMs: MINUTE }),
      ).resolves.toBeUndefined();
    });
  });

  verb('lockDueMessages', () => {
    it('gives the messages of one priority, the longest due first, as many as asked', async () => {
      await withoutDueMessages(store());
      const urgent = [
        await storedMessage(store()),
        await storedMessage(store()),
        await storedMessage(store()),
      ];
      const later = await storedMessage(store(), { priority: 1 });
      expect(await due(0)).toEqual(urgent.map((message) => message.id));
      expect(await due(0, 2)).toEqual(urgent.slice(0, 2).map((message) => message.id));
      expect(await due(1)).toEqual([later.id]);
    });
    it('gives a message again once its lease has run out', async () => {
      await withoutDueMessages(store());
      const { id } = await storedMessage(store());
      for (const attempts of [1, 2, 3]) {
        await lease(id, 0);
        expect(await found(id)).toMatchObject({ status: 'sending', attempts });
        expect(await due()).toEqual([id]);
      }
    });
    it('skips what another open transaction has locked', async () => {
      await withoutDueMessages(store());
      const [one, two] = [await storedMessage(store()), await storedMessage(store())];
      const other = await openTransaction(store(), (tx) => tx.lockDueMessages({ priority: 0, limit: 1 }));
      expect(other.value.map((row) => row.id)).toEqual([one.id]);
      expect(await due()).toEqual([two.id]);
      await other.rollback();
      expect(await due()).toEqual([one.id, two.id]);
    });
    it('gives a retried message when its time has come, and not before', async () => {
      await withoutDueMessages(store());
      const [now, later] = [await storedMessage(store()), await storedMessage(store())];
      for (const [message, retryInMs] of [
        [now, 0],
        [later, MINUTE],
      ] as const) {
        const leaseToken = await lease(message.id, MINUTE);
        const settlement = {
          ...accepted(message.id, leaseToken),
          acceptedAt: null,
          status: 'retrying' as const,
        };
        expect(await store().settleMessage({ ...settlement, retryInMs })).toBe(true);
      }
      expect(await due()).toEqual([now.id]);
    });
  });

  verb('lockMessagesOfOrders', () => {
    it('gives the messages of these orders and makes others wait for them', async () => {
      const message = await storedMessage(store());
      const orderIds = [the(message.orderId)];
      const first = await openTransaction(store(), async (tx) => {
        const rows = await tx.lockMessagesOfOrders({ orderIds });
        await tx.withdrawMessages({ ids: rows.map((row) => row.id) });
        return rows;
      });
      expect(first.value.map((row) => row.id)).toEqual([message.id]);
      const second = store().transaction((tx) => tx.lockMessagesOfOrders({ orderIds }));
      await expectWaiting(second, store());
      await first.commit();
      expect((await second).map((row) => row.status)).toEqual(['withdrawn']);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().transaction((tx) => tx.lockMessagesOfOrders({ orderIds: [] }))).toEqual([]);
    });
  });

  verb('messageCounts', () => {
    it('counts messages by status, as numbers', async () => {
      const counts = async () =>
        new Map((await store().messageCounts()).map((row) => [row.status, row.count]));
      const before = await counts();
      await storedMessage(store());
      const gone = await storedMessage(store());
      await store().withdrawMessages({ ids: [gone.id] });
      const after = await counts();
      for (const status of ['queued', 'withdrawn'] as const) {
        expect(after.get(status), status).toBe((before.get(status) ?? 0) + 1);
      }
    });
  });

  verb('settleMessage', () => {
    it('writes how the try ended and leaves nothing due', async () => {
      const { id } = await storedMessage(store());
      const leaseToken = await lease(id, MINUTE);
      const settlement = { ...accepted(id, leaseToken), lastError: 'queued as “4XyZ” 😀' };
      expect(await store().settleMessage(settlement)).toBe(true);
      expect(await found(id)).toMatchObject({
        status: 'accepted',
        attempts: 1,
        dueAt: null,
        leaseToken: null,
        lastCode: '250',
        lastError: 'queued as “4XyZ” 😀',
        acceptedAt: AT,
      });
    });
    it("sets the next try by the database's clock", async () => {
      const { id } = await storedMessage(store());
      const leaseToken = await lease(id, MINUTE);
      const retry = { ...accepted(id, leaseToken), status: 'retrying' as const, acceptedAt: null };
      expect(await store().settleMessage({ ...retry, retryInMs: 90 * MINUTE, lastCode: '451' })).toBe(true);
      const row = await found(id);
      expect(row).toMatchObject({ status: 'retrying', leaseToken: null, lastCode: '451', acceptedAt: null });
      expect(Math.abs(the(row.dueAt).getTime() - Date.now() - 90 * MINUTE)).toBeLessThan(10 * MINUTE);
    });
    it('is false, and writes nothing, once another worker has the lease', async () => {
      const { id } = await storedMessage(store());
      const lost = await lease(id, 0);
      const held = await lease(id, MINUTE);
      expect(await store().settleMessage(accepted(id, lost))).toBe(false);
      expect(await found(id)).toMatchObject({
        status: 'sending',
        leaseToken: held,
        lastCode: null,
        acceptedAt: null,
      });
      expect(await store().settleMessage(accepted(id, held))).toBe(true);
    });
    it('is false the second time, and for a message that was never leased', async () => {
      const { id } = await storedMessage(store());
      expect(await store().settleMessage(accepted(id, uuid()))).toBe(false);
      const leaseToken = await lease(id, MINUTE);
      expect(await store().settleMessage(accepted(id, leaseToken))).toBe(true);
      expect(await store().settleMessage({ ...accepted(id, leaseToken), status: 'failed' })).toBe(false);
      expect(await found(id)).toMatchObject({ status: 'accepted' });
    });
    it('is false once the message was withdrawn', async () => {
      const { id } = await storedMessage(store());
      const leaseToken = await lease(id, MINUTE);
      await store().withdrawMessages({ ids: [id] });
      expect(await store().settleMessage(accepted(id, leaseToken))).toBe(false);
      expect(await found(id)).toMatchObject({ status: 'withdrawn', acceptedAt: null });
    });
    it('is true for exactly one of eight callers with the same lease', async () => {
      const { id } = await storedMessage(store());
      const leaseToken = await lease(id, MINUTE);
      const settled = await Promise.all(
        Array.from({ length: 8 }, () => store().settleMessage(accepted(id, leaseToken))),
      );
      expect(settled.filter(Boolean)).toHaveLength(1);
    });
    it('takes every status', async () => {
      for (const status of MESSAGE_STATUSES) {
        const { id } = await storedMessage(store());
        const leaseToken = await lease(id, MINUTE);
        expect(await store().settleMessage({ ...accepted(id, leaseToken), status }), status).toBe(true);
        expect((await found(id)).status).toBe(status);
      }
    });
  });

  verb('withdrawMessages', () => {
    it('keeps a message from ever going out', async () => {
      await withoutDueMessages(store());
      const [gone, stays] = [await storedMessage(store()), await storedMessage(store())];
      await store().withdrawMessages({ ids: [gone.id] });
      expect(await found(gone.id)).toMatchObject({ status: 'withdrawn', dueAt: null });
      expect(await due()).toEqual([stays.id]);
    });
    it('does nothing for an empty list', async () => {
      const { id } = await storedMessage(store(), { recipient: `${unique('ada')}@example.test` });
      await store().withdrawMessages({ ids: [] });
      expect(await found(id)).toMatchObject({ status: 'queued' });
    });
  });
}
