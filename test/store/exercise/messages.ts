import { expect, it } from 'vitest';
import { MESSAGE_KINDS } from '../../../server/store/rows.ts';
import type { MessageRow, MessageSettlement } from '../../../server/store/rows.ts';
import { MESSAGE_STATUSES } from '../../../shared/statuses.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { AT, aMessage, storedMessage, storedOrder, the, unique, uuid, withoutDueMessages } from './world.ts';

const MINUTE = 60_000;

export function exerciseMessages({ verb, store }: Exercise): void {
  const found = async (id: string): Promise<MessageRow> =>
    the((await store().findMessages({ ids: [id] }))[0]);
  const due = async (priority: 0 | 1 = 0, limit = 100): Promise<string[]> =>
    store().transaction(async (tx) => (await tx.lockDueMessages({ priority, limit })).map((row) => row.id));
  const lease = async (id: string, leaseMs: number): Promise<string> => {
    const token = uuid();
    await store().leaseMessages({ ids: [id], token, leaseMs });
    return token;
  };
  const accepted = (...ids: string[]): MessageSettlement => ({
    ids,
    isTry: true,
    status: 'accepted',
    retryInMs: null,
    lastCode: '250',
    lastError: null,
    acceptedAt: AT,
  });

  verb('findMessages', () => {
    it('gives whole messages, as they begin', async () => {
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
    it('gives the messages with these ids, and none for unknown ones', async () => {
      const [one, two] = [await storedMessage(store()), await storedMessage(store())];
      await storedMessage(store());
      const rows = await store().findMessages({ ids: [one.id, uuid(), two.id] });
      expect(rows.map((row) => row.id).toSorted()).toEqual([one.id, two.id].toSorted());
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findMessages({ ids: [] })).toEqual([]);
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

  verb('lastRefusals', () => {
    const refuse = async (why: string | null, change: Partial<MessageSettlement> = {}): Promise<string> => {
      const { id } = await storedMessage(store(), { priority: change.lastCode === 'smtp_451' ? 1 : 0 });
      await store().settleMessages({
        ...{ ids: [id], isTry: true, status: 'queued', retryInMs: 0, acceptedAt: null },
        ...{ lastCode: 'smtp_535', lastError: why, ...change },
      });
      refusedIds.push(id);
      return id;
    };
    const refusedIds: string[] = [];
    const login = 'the mail server refused the login (535)';
    it('counts the messages that are still to be sent by their last answer, the most frequent first', async () => {
      await withoutDueMessages(store());
      for (const later of [0, MINUTE]) await refuse(login, { retryInMs: later });
      await refuse('busy', { status: 'retrying', retryInMs: MINUTE, lastCode: 'smtp_451' });
      await refuse(null, { lastCode: 'other' });
      await refuse(null, { lastCode: 'other' });
      await refuse(null, { lastCode: 'other' });
      expect(await store().lastRefusals({ limit: 5 })).toEqual([
        { code: 'other', why: null, count: 3 },
        { code: 'smtp_535', why: login, count: 2 },
        { code: 'smtp_451', why: 'busy', count: 1 },
      ]);
      expect(await store().lastRefusals({ limit: 1 })).toEqual([{ code: 'other', why: null, count: 3 }]);
    });
    it('leaves out those that were never tried, are at rest, or under way', async () => {
      await withoutDueMessages(store());
      await store().withdrawMessages({ ids: refusedIds });
      await storedMessage(store());
      await refuse('gone', { status: 'failed', retryInMs: null });
      await lease(await refuse('under way'), MINUTE);
      expect(await store().lastRefusals({ limit: 5 })).toEqual([]);
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
        await lease(message.id, MINUTE);
        const retry = { ...accepted(message.id), acceptedAt: null, status: 'retrying' as const };
        await store().settleMessages({ ...retry, retryInMs });
      }
      expect(await due()).toEqual([now.id]);
    });
  });

  verb('lockMessages', () => {
    it('gives the messages in order of id, and makes others wait for them', async () => {
      const [one, two] = [await storedMessage(store()), await storedMessage(store())];
      const asked = [two.id, uuid(), one.id];
      const first = await openTransaction(store(), async (tx) => {
        const rows = await tx.lockMessages({ ids: asked });
        await tx.settleMessages(accepted(one.id));
        return rows;
      });
      expect(first.value).toEqual([
        expect.objectContaining({ ...one, status: 'queued' }),
        expect.objectContaining({ ...two, status: 'queued' }),
      ]);
      const second = store().transaction((tx) => tx.lockMessages({ ids: asked }));
      await expectWaiting(second, store());
      await first.commit();
      expect((await second).map((row) => row.status)).toEqual(['accepted', 'queued']);
    });
    it('shows a caller whose lease was lost to whom it went', async () => {
      const { id } = await storedMessage(store());
      const lost = await lease(id, 0);
      const held = await lease(id, MINUTE);
      const [row] = await store().transaction((tx) => tx.lockMessages({ ids: [id] }));
      expect(row).toMatchObject({ status: 'sending', leaseToken: held });
      expect(held).not.toBe(lost);
    });
    it('locks no other message, and waits for none', async () => {
      const [mine, other] = [await storedMessage(store()), await storedMessage(store())];
      await openTransaction(store(), (tx) => tx.lockMessages({ ids: [other.id] }));
      const rows = await store().transaction((tx) => tx.lockMessages({ ids: [mine.id] }));
      expect(rows.map((row) => row.id)).toEqual([mine.id]);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().transaction((tx) => tx.lockMessages({ ids: [] }))).toEqual([]);
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
        new Map((await store().messageCounts({ since: null })).map((row) => [row.status, row.count]));
      const before = await counts();
      await storedMessage(store());
      const gone = await storedMessage(store());
      await store().withdrawMessages({ ids: [gone.id] });
      const after = await counts();
      for (const status of ['queued', 'withdrawn'] as const) {
        expect(after.get(status), status).toBe((before.get(status) ?? 0) + 1);
      }
    });
    it('counts only those made since then, that moment with it', async () => {
      const since = new Date('2040-01-01T00:00:00.500Z');
      for (const ms of [-1, 0, 1]) {
        await storedMessage(store(), { createdAt: new Date(since.getTime() + ms) });
      }
      expect(await store().messageCounts({ since })).toEqual([{ status: 'queued', count: 2 }]);
      expect(await store().messageCounts({ since: new Date('2041-01-01T00:00:00.000Z') })).toEqual([]);
    });
  });

  verb('postponeMessages', () => {
    it("makes these due later by the database's clock, and no others", async () => {
      await withoutDueMessages(store());
      const [later, soon, now] = [
        await storedMessage(store()),
        await storedMessage(store()),
        await storedMessage(store()),
      ];
      await store().postponeMessages({ ids: [later.id], byMs: 90 * MINUTE });
      await store().postponeMessages({ ids: [soon.id], byMs: 0 });
      expect((await due()).toSorted()).toEqual([soon.id, now.id].toSorted());
      const row = await found(later.id);
      expect(row).toMatchObject({ status: 'queued', attempts: 0, leaseToken: null });
      expect(Math.abs(the(row.dueAt).getTime() - Date.now() - 90 * MINUTE)).toBeLessThan(10 * MINUTE);
    });
    it('does nothing for an empty list', async () => {
      await expect(store().postponeMessages({ ids: [], byMs: MINUTE })).resolves.toBeUndefined();
    });
  });

  verb('settleMessages', () => {
    it('writes how the tries ended, to these messages and no others, and leaves nothing due', async () => {
      const [one, two, other] = [
        await storedMessage(store()),
        await storedMessage(store()),
        await storedMessage(store()),
      ];
      for (const { id } of [one, two, other]) await lease(id, MINUTE);
      await store().settleMessages({ ...accepted(one.id, two.id), lastError: 'queued as “4XyZ” 😀' });
      for (const { id } of [one, two]) {
        expect(await found(id)).toMatchObject({
          status: 'accepted',
          attempts: 1,
          dueAt: null,
          leaseToken: null,
          lastCode: '250',
          lastError: 'queued as “4XyZ” 😀',
          acceptedAt: AT,
        });
      }
      expect(await found(other.id)).toMatchObject({ status: 'sending', lastCode: null, acceptedAt: null });
    });
    it('takes a try back that never began', async () => {
      const { id } = await storedMessage(store());
      for (const [attempts, isTry] of [
        [1, true],
        [1, false],
      ] as const) {
        await lease(id, MINUTE);
        await store().settleMessages({ ...accepted(id), isTry, status: 'retrying', retryInMs: 0 });
        expect(await found(id)).toMatchObject({ status: 'retrying', attempts });
      }
    });
    it("sets the next try by the database's clock", async () => {
      const { id } = await storedMessage(store());
      await lease(id, MINUTE);
      const retry = { ...accepted(id), status: 'retrying' as const, acceptedAt: null };
      await store().settleMessages({ ...retry, retryInMs: 90 * MINUTE, lastCode: '451' });
      const row = await found(id);
      expect(row).toMatchObject({ status: 'retrying', leaseToken: null, lastCode: '451', acceptedAt: null });
      expect(Math.abs(the(row.dueAt).getTime() - Date.now() - 90 * MINUTE)).toBeLessThan(10 * MINUTE);
    });
    it('settles a try once among eight callers that lock the message and look at the lease first', async () => {
      const { id } = await storedMessage(store());
      const leaseToken = await lease(id, MINUTE);
      const settle = () =>
        store().transaction(async (tx) => {
          const [row] = await tx.lockMessages({ ids: [id] });
          if (row?.leaseToken !== leaseToken) return false;
          await tx.settleMessages(accepted(id));
          return true;
        });
      const settled = await Promise.all(Array.from({ length: 8 }, settle));
      expect(settled.filter(Boolean)).toHaveLength(1);
    });
    it("waits for nobody else's message", async () => {
      const [mine, other] = [await storedMessage(store()), await storedMessage(store())];
      await openTransaction(store(), (tx) => tx.lockMessages({ ids: [other.id] }));
      await store().transaction(async (tx) => {
        await tx.lockMessages({ ids: [mine.id] });
        await tx.settleMessages(accepted(mine.id));
      });
      expect(await found(mine.id)).toMatchObject({ status: 'accepted' });
    });
    it('settles more messages than one statement takes', async () => {
      const messages = Array.from({ length: 1001 }, () => aMessage({ recipient: 'many@example.test' }));
      await store().insertMessages({ messages });
      const ids = messages.map((message) => message.id);
      const locked = await store().transaction(async (tx) => {
        await tx.lockMessages({ ids });
        await tx.settleMessages(accepted(...ids));
        return tx.lockMessages({ ids: ids.toReversed() });
      });
      expect(locked.map((row) => row.id)).toEqual(ids);
      expect(new Set(locked.map((row) => row.status))).toEqual(new Set(['accepted']));
    });
    it('takes every status', async () => {
      for (const status of MESSAGE_STATUSES) {
        const { id } = await storedMessage(store());
        await store().settleMessages({ ...accepted(id), status });
        expect((await found(id)).status).toBe(status);
      }
    });
    it('does nothing for an empty list', async () => {
      await expect(store().settleMessages(accepted())).resolves.toBeUndefined();
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
