import { expect, it } from 'vitest';
import { ALERT_KINDS } from '../../../server/store/rows.ts';
import type { AlertKind } from '../../../server/store/rows.ts';
import type { Verbs } from '../../../server/store/store.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { AT, aMessage, anAlert, ids, the, uuid } from './world.ts';

const ROUNDS = 20;

/** An admin mail that alerts can be marked with. */
async function adminMail(store: Verbs): Promise<string> {
  const message = aMessage({ kind: 'admin_urgent', recipient: 'admin@example.test' });
  await store.insertMessages({ messages: [message] });
  return message.id;
}

export function exerciseAlerts({ verb, store }: Exercise): void {
  /** Tells what earlier tests left, so that "untold" means this test's own. */
  async function tellAll() {
    await store().transaction(async (tx) => {
      const untold = await tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 10_000 });
      await tx.markAlertsTold({ ids: ids(untold), messageId: await adminMail(tx) });
    });
  }
  const lockUntold = (limit: number, kinds: readonly AlertKind[] = ALERT_KINDS) =>
    store().transaction((tx) => tx.lockUntoldAlerts({ kinds, limit }));

  /** Open alerts of that kind that were there before this test are settled. */
  async function settleAll(kind: AlertKind) {
    const open = await store().listOpenAlerts({ kind, beforeId: Number.MAX_SAFE_INTEGER, limit: 10_000 });
    await store().settleAlerts({ ids: ids(open), by: 'job', at: AT });
  }
  /** Ids of new alerts of that kind, the only open ones, oldest first. */
  async function openAlerts(kind: AlertKind, count: number): Promise<number[]> {
    await settleAll(kind);
    await store().insertAlerts({ alerts: Array.from({ length: count }, () => anAlert({ kind })) });
    return (await listOpen(kind)).toReversed();
  }
  const listOpen = async (kind: AlertKind, beforeId = Number.MAX_SAFE_INTEGER, limit = 100) =>
    ids(await store().listOpenAlerts({ kind, beforeId, limit }));

  verb('countOpenAlerts', () => {
    it('counts what nobody settled, of one kind, and stops where it is told to', async () => {
      const [one] = await openAlerts('conflict', 4);
      await openAlerts('attention', 2);
      await store().settleAlerts({ ids: [the(one)], by: 'cli', at: AT });
      const count = (kind: AlertKind, most: number) => store().countOpenAlerts({ kind, most });
      expect(await count('conflict', 100)).toBe(3);
      expect(await count('conflict', 3)).toBe(3);
      expect(await count('conflict', 2)).toBe(2);
      await settleAll('conflict');
      expect(await count('conflict', 100)).toBe(0);
    });
  });

  verb('findAlerts', () => {
    it('gives those of the asked that there are, open and settled, by id', async () => {
      const [one, two, three] = await openAlerts('conflict', 3);
      await store().settleAlerts({ ids: [the(two)], by: 'staff:2', at: AT });
      const found = await store().findAlerts({ ids: [the(three), 2_000_000_000, the(two)] });
      expect(ids(found)).toEqual([two, three]);
      expect(found).toMatchObject([
        { settledAt: AT, settledBy: 'staff:2' },
        { settledAt: null, settledBy: null },
      ]);
      expect(ids(found)).not.toContain(one);
    });
    it('gives nothing for an empty list', async () => {
      expect(await store().findAlerts({ ids: [] })).toEqual([]);
    });
  });

  verb('listOpenAlerts', () => {
    it('gives what nobody settled, of one kind, newest first, page by page', async () => {
      const [one, two, three, four] = await openAlerts('attention', 4);
      await openAlerts('mail_failed', 2);
      await store().settleAlerts({ ids: [the(three)], by: 'cli', at: AT });
      expect(await listOpen('attention')).toEqual([four, two, one]);
      expect(await listOpen('attention', Number.MAX_SAFE_INTEGER, 2)).toEqual([four, two]);
      expect(await listOpen('attention', the(two), 2)).toEqual([one]);
      expect(await listOpen('attention', the(one))).toEqual([]);
    });
    it('gives an alert whether a mail told it or not', async () => {
      const [one] = await openAlerts('silent_site', 1);
      await store().markAlertsTold({ ids: [the(one)], messageId: await adminMail(store()) });
      expect(await listOpen('silent_site')).toEqual([one]);
    });
  });

  verb('findAlertsByMessage', () => {
    it('gives the alerts that a mail told, oldest first', async () => {
      await tellAll();
      const alerts = [anAlert(), anAlert(), anAlert()];
      await store().insertAlerts({ alerts });
      const messageId = await adminMail(store());
      await store().markAlertsTold({ ids: ids(await lockUntold(10)), messageId });
      const told = await store().findAlertsByMessage({ messageId });
      expect(told.map((alert) => alert.detail)).toEqual(alerts.map((alert) => alert.detail));
      expect(told.every((alert) => alert.messageId === messageId)).toBe(true);
    });
    it('gives nothing for a mail that told none', async () => {
      expect(await store().findAlertsByMessage({ messageId: uuid() })).toEqual([]);
    });
  });

  verb('insertAlerts', () => {
    it('keeps every fact, untold', async () => {
      await tellAll();
      const alert = anAlert({
        kind: 'conflict',
        orderId: 'amelia@shop:13',
        sku: 'COURSE-Ä',
        detail: 'Two “courses” 😀 for one\nbooking',
      });
      await store().insertAlerts({ alerts: [alert] });
      expect(await lockUntold(10)).toEqual([
        { ...alert, id: expect.any(Number), messageId: null, settledAt: null, settledBy: null },
      ]);
    });
    it('takes every kind of alert', async () => {
      await tellAll();
      await store().insertAlerts({ alerts: ALERT_KINDS.map((kind) => anAlert({ kind })) });
      expect((await lockUntold(100)).map((alert) => alert.kind)).toEqual([...ALERT_KINDS]);
    });
    it('does nothing for an empty list', async () => {
      await tellAll();
      await store().insertAlerts({ alerts: [] });
      expect(await lockUntold(10)).toEqual([]);
    });
  });

  verb('lockUntoldAlerts', () => {
    it('gives the oldest untold alerts, as many as asked', async () => {
      await tellAll();
      const alerts = [anAlert(), anAlert(), anAlert()];
      await store().insertAlerts({ alerts });
      const untold = await lockUntold(2);
      expect(untold.map((alert) => alert.detail)).toEqual(alerts.slice(0, 2).map((alert) => alert.detail));
    });
    it('gives alerts of these kinds only', async () => {
      await tellAll();
      const kinds = ['attention', 'mail_bounced', 'out_of_stock', 'mail_failed', 'mail_bounced'] as const;
      await store().insertAlerts({ alerts: kinds.map((kind) => anAlert({ kind })) });
      const told = async (limit: number, asked: readonly AlertKind[]) =>
        (await lockUntold(limit, asked)).map((alert) => alert.kind);
      const mailing = ['mail_failed', 'mail_bounced', 'mail_complained'] as const;
      expect(await told(10, mailing)).toEqual(['mail_bounced', 'mail_failed', 'mail_bounced']);
      expect(await told(2, mailing)).toEqual(['mail_bounced', 'mail_failed']);
      expect(await told(10, ['silent_site'])).toEqual([]);
      expect(await told(10, [])).toEqual([]);
    });
    it('lets tellers of different kinds each tell their own', async () => {
      await tellAll();
      const kinds = ['attention', 'out_of_stock', 'attention', 'out_of_stock'] as const;
      const tell = (kind: AlertKind) =>
        store().transaction(async (tx) => {
          const untold = await tx.lockUntoldAlerts({ kinds: [kind], limit: 10 });
          await tx.markAlertsTold({ ids: ids(untold), messageId: await adminMail(tx) });
          return untold.map((alert) => alert.kind);
        });
      for (let round = 0; round < ROUNDS; round += 1) {
        await store().insertAlerts({ alerts: kinds.map((kind) => anAlert({ kind })) });
        const told = await Promise.all([tell('attention'), tell('out_of_stock'), tell('conflict')]);
        expect(told).toEqual([['attention', 'attention'], ['out_of_stock', 'out_of_stock'], []]);
      }
      expect(await lockUntold(10)).toEqual([]);
    });
    it('makes a second teller wait, and then gives it only what the first left untold', async () => {
      await tellAll();
      await store().insertAlerts({ alerts: [anAlert(), anAlert()] });
      const first = await openTransaction(store(), async (tx) => {
        const untold = await tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 10 });
        await tx.markAlertsTold({ ids: ids(untold), messageId: await adminMail(tx) });
        return untold;
      });
      const second = lockUntold(10);
      await expectWaiting(second, store());
      await first.commit();
      expect(first.value).toHaveLength(2);
      expect(await second).toEqual([]);
    });
  });

  verb('markAlertsTold', () => {
    it('tells these alerts and no others', async () => {
      await tellAll();
      await store().insertAlerts({ alerts: [anAlert({ createdAt: AT }), anAlert()] });
      const [one, other] = await lockUntold(10);
      const messageId = await adminMail(store());
      await store().markAlertsTold({ ids: [the(one).id], messageId });
      expect(ids(await store().findAlertsByMessage({ messageId }))).toEqual([the(one).id]);
      expect(ids(await lockUntold(10))).toEqual([the(other).id]);
    });
    it('does nothing for an empty list', async () => {
      const messageId = await adminMail(store());
      await store().markAlertsTold({ ids: [], messageId });
      expect(await store().findAlertsByMessage({ messageId })).toEqual([]);
    });
  });

  verb('reopenAlerts', () => {
    it('puts settled alerts back, and leaves the others', async () => {
      const [one, two, three] = await openAlerts('conflict', 3);
      await store().settleAlerts({ ids: [the(one), the(two)], by: 'cli', at: AT });
      await store().reopenAlerts({ ids: [the(two), the(three)] });
      expect(await listOpen('conflict')).toEqual([three, two]);
      expect(await store().findAlerts({ ids: [the(one), the(two)] })).toMatchObject([
        { settledAt: AT, settledBy: 'cli' },
        { settledAt: null, settledBy: null },
      ]);
    });
    it('does nothing for an empty list', async () => {
      const open = await openAlerts('conflict', 1);
      await store().reopenAlerts({ ids: [] });
      expect(await listOpen('conflict')).toEqual(open);
    });
  });

  verb('settleAlerts', () => {
    it('keeps who settled an alert first, and when', async () => {
      const [one, two, other] = await openAlerts('unreadable', 3);
      await store().settleAlerts({ ids: [the(one)], by: 'staff:1', at: AT });
      const later = new Date(AT.getTime() + 1);
      await store().settleAlerts({ ids: [the(one), the(two)], by: 'staff:2', at: later });
      expect(await store().findAlerts({ ids: [the(one), the(two)] })).toMatchObject([
        { settledAt: AT, settledBy: 'staff:1' },
        { settledAt: later, settledBy: 'staff:2' },
      ]);
      expect(await listOpen('unreadable')).toEqual([other]);
    });
    it('is one act among eight at once', async () => {
      const open = await openAlerts('unreadable', 3);
      const settle = (_: unknown, nth: number) =>
        store().settleAlerts({ ids: open, by: `staff:${nth}`, at: AT });
      await Promise.all(Array.from({ length: 8 }, settle));
      expect(new Set((await store().findAlerts({ ids: open })).map((row) => row.settledBy)).size).toBe(1);
    });
    it('does nothing for an empty list', async () => {
      const open = await openAlerts('unreadable', 1);
      await store().settleAlerts({ ids: [], by: 'cli', at: AT });
      expect(await listOpen('unreadable')).toEqual(open);
    });
  });

  verb('untellAlerts', () => {
    it('makes the alerts of these mails untold again, and of no others', async () => {
      await tellAll();
      await store().insertAlerts({ alerts: [anAlert(), anAlert(), anAlert()] });
      const [one, two, other] = ids(await lockUntold(10));
      const [lost, alsoLost, arrived] = [
        await adminMail(store()),
        await adminMail(store()),
        await adminMail(store()),
      ];
      await store().markAlertsTold({ ids: [the(one)], messageId: lost });
      await store().markAlertsTold({ ids: [the(two)], messageId: alsoLost });
      await store().markAlertsTold({ ids: [the(other)], messageId: arrived });
      await store().untellAlerts({ messageIds: [lost, alsoLost, uuid()] });
      expect(ids(await lockUntold(10))).toEqual([one, two]);
      expect(ids(await store().findAlertsByMessage({ messageId: arrived }))).toEqual([other]);
      expect(await store().findAlertsByMessage({ messageId: lost })).toEqual([]);
    });
    it('does nothing for an empty list', async () => {
      await tellAll();
      await store().untellAlerts({ messageIds: [] });
      expect(await lockUntold(10)).toEqual([]);
    });
  });
}
