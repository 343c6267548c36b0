import { expect, it } from 'vitest';
import type { MessageRow } from '../../../server/store/rows.ts';
import type { MessageStatus } from '../../../shared/statuses.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { storedMessage, the, uuid, withoutDueMessages } from './world.ts';

const MINUTE = 60_000;
const TROUBLES = ['failed', 'unknown', 'bounced', 'complained'] as const;

export function exerciseMessageLists({ verb, store, openFresh }: Exercise): void {
  const found = async (id: string): Promise<MessageRow> =>
    the((await store().findMessages({ ids: [id] }))[0]);
  const settle = (id: string, status: MessageStatus, retryInMs: number | null) => {
    const answer = { lastCode: null, lastError: null, acceptedAt: null };
    return store().settleMessages({ ids: [id], isTry: true, status, retryInMs, ...answer });
  };
  const named = (rows: { id: string }[]) => rows.map(({ id }) => id);

  verb('listMessages', () => {
    it('gives all messages, newest first, page by page, whatever their status', async () => {
      const messages = [];
      for (let nth = 0; nth < 3; nth++) messages.push(await storedMessage(store()));
      await settle(the(messages[1]).id, 'accepted', null);
      const newest = named(messages).toReversed();
      expect(named(await store().listMessages({ beforeId: null, limit: 2 }))).toEqual(newest.slice(0, 2));
      const next = await store().listMessages({ beforeId: the(newest[1]), limit: 1 });
      expect(next).toEqual([await found(the(newest[2]))]);
    });
  });

  verb('listQueue', () => {
    it('gives what is still to be sent in the order it leaves, from any of it on', async () => {
      await withoutDueMessages(store());
      const postponed = async (priority: 0 | 1, minutes: number) => {
        const message = await storedMessage(store(), { priority });
        await store().postponeMessages({ ids: [message.id], byMs: minutes * MINUTE });
        return message;
      };
      const last = await postponed(1, 5);
      const third = await postponed(0, 9);
      const first = await postponed(0, 2);
      const fourth = await postponed(1, 1);
      const second = await postponed(0, 1);
      await store().postponeMessages({ ids: [first.id, second.id], byMs: 2 * MINUTE });
      const messages = [first, second, third, fourth, last];
      for (const priority of [0, 1] as const) {
        await store().withdrawMessages({ ids: [(await storedMessage(store(), { priority })).id] });
      }
      const whole = await store().listQueue({ after: null, limit: 100 });
      const mine = whole.filter(({ id }) => named(messages).includes(id));
      expect(named(mine)).toEqual(named(messages));
      for (const [nth, row] of whole.entries()) {
        const after = { priority: row.priority, dueAt: the(row.dueAt), id: row.id };
        expect(await store().listQueue({ after, limit: 100 })).toEqual(whole.slice(nth + 1));
        expect(await store().listQueue({ after, limit: 2 })).toEqual(whole.slice(nth + 1, nth + 3));
      }
    });
    it('keeps what is being sent, and leaves out what is at rest', async () => {
      const [sending, sent] = [await storedMessage(store()), await storedMessage(store())];
      await store().leaseMessages({ ids: [sending.id], token: uuid(), leaseMs: MINUTE });
      await settle(sent.id, 'delivered', null);
      const queue = named(await store().listQueue({ after: null, limit: 1000 }));
      expect(queue).toContain(sending.id);
      expect(queue).not.toContain(sent.id);
    });
  });

  verb('listTroubled', () => {
    it.each(TROUBLES)('gives what is %s, newest first, page by page', async (status) => {
      const messages = [];
      for (let nth = 0; nth < 3; nth++) {
        const message = await storedMessage(store());
        await settle(message.id, status, null);
        messages.push(message);
      }
      for (const other of TROUBLES) {
        if (other !== status) await settle((await storedMessage(store())).id, other, null);
      }
      const newest = named(messages).toReversed();
      const list = async (beforeId: string | null, limit: number) =>
        named(await store().listTroubled({ status, beforeId, limit }));
      expect(await list(null, 2)).toEqual(newest.slice(0, 2));
      expect(await list(the(newest[1]), 1)).toEqual(newest.slice(2));
    });
    it('gives what is unknown only when it is not tried again', async () => {
      const [again, atRest] = [await storedMessage(store()), await storedMessage(store())];
      await settle(again.id, 'unknown', MINUTE);
      await settle(atRest.id, 'unknown', null);
      const unknown = named(await store().listTroubled({ status: 'unknown', beforeId: null, limit: 100 }));
      expect(unknown).toContain(atRest.id);
      expect(unknown).not.toContain(again.id);
    });
  });

  verb('queueAge', () => {
    it('counts what is due, and tells how long the first of it has waited', async () => {
      const { store: fresh } = await openFresh();
      expect(await fresh.queueAge()).toEqual({ due: 0, oldestMs: null });
      const [one, two, later, sent] = [
        await storedMessage(fresh),
        await storedMessage(fresh, { priority: 1 }),
        await storedMessage(fresh),
        await storedMessage(fresh),
      ];
      await fresh.postponeMessages({ ids: [one.id], byMs: -90 * MINUTE });
      await fresh.postponeMessages({ ids: [two.id], byMs: -5 * MINUTE });
      await fresh.postponeMessages({ ids: [later.id], byMs: MINUTE });
      await fresh.withdrawMessages({ ids: [sent.id] });
      const { due, oldestMs } = await fresh.queueAge();
      expect(due).toBe(2);
      expect(the(oldestMs)).toBeGreaterThanOrEqual(90 * MINUTE);
      expect(the(oldestMs)).toBeLessThan(100 * MINUTE);
      await fresh.leaseMessages({ ids: [one.id, two.id], token: uuid(), leaseMs: MINUTE });
      expect(await fresh.queueAge()).toEqual({ due: 0, oldestMs: null });
    });
  });

  verb('requeueMessages', () => {
    it('makes messages due now, with their tries counted, and no others', async () => {
      const [failed, leased, other] = [
        await storedMessage(store()),
        await storedMessage(store()),
        await storedMessage(store()),
      ];
      await store().leaseMessages({ ids: [failed.id, leased.id], token: uuid(), leaseMs: MINUTE });
      for (const { id } of [failed, other]) await settle(id, 'failed', null);
      await store().transaction(async (tx) => {
        await tx.lockMessages({ ids: [failed.id, leased.id] });
        await tx.requeueMessages({ ids: [failed.id, leased.id] });
      });
      for (const { id } of [failed, leased]) {
        const row = await found(id);
        expect(row).toMatchObject({ status: 'queued', attempts: 1, leaseToken: null });
        expect(Math.abs(the(row.dueAt).getTime() - Date.now())).toBeLessThan(10 * MINUTE);
      }
      expect(await found(other.id)).toMatchObject({ status: 'failed', dueAt: null });
      const due = await store().transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 1000 }));
      expect(named(due)).toEqual(expect.arrayContaining([failed.id, leased.id]));
    });
    it("waits for nobody else's message", async () => {
      const [mine, theirs] = [await storedMessage(store()), await storedMessage(store())];
      const holder = await openTransaction(store(), (tx) => tx.lockMessages({ ids: [theirs.id] }));
      await store().requeueMessages({ ids: [mine.id] });
      const waits = store().requeueMessages({ ids: [theirs.id] });
      await expectWaiting(waits, store());
      await holder.commit();
      await waits;
    });
    it('does nothing for an empty list', async () => {
      await expect(store().requeueMessages({ ids: [] })).resolves.toBeUndefined();
    });
  });
}
