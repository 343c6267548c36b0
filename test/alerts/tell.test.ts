import { describe, expect, test, beforeEach, afterEach } from 'vitest';
import { tellAlerts } from '../../server/alerts/tell.ts';
import { TOPICS } from '../../server/alerts/topics.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { ALERT_KINDS, type AlertKind } from '../../server/store/rows.ts';
import { systemTimers } from '../../server/timers.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

test('every kind of alert is told by one topic', () => {
  expect(TOPICS.flatMap(({ kinds }) => kinds).toSorted()).toEqual(ALERT_KINDS.toSorted());
});

describe.each(engines())('alerts on %s', (engine) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(engine);
  });
  afterEach(() => world.close());

  const tell = () =>
    tellAlerts({
      store: world.store,
      clock: { now: () => new Date() },
      timers: systemTimers,
      random: Math.random,
      log: silentLog,
      newId: newUuid,
      adminEmail: 'admin@example.test',
      onQueued: () => {},
    });
  const raise = (kind: AlertKind, orderId: string | null = null) =>
    world.store.insertAlerts({
      alerts: [{ kind, orderId, sku: null, detail: `a ${kind}`, createdAt: new Date() }],
    });
  /** What each queued mail to the admin tells, by its kind. */
  const told = async () => {
    const mails = await world.store.transaction((tx) => tx.lockDueMessages({ priority: 0, limit: 100 }));
    const lines = mails.map(async ({ id, kind, recipient }) => {
      expect(recipient).toBe('admin@example.test');
      const alerts = await world.store.findAlertsByMessage({ messageId: id });
      return [kind, alerts.map((alert) => alert.kind)] as const;
    });
    return Object.fromEntries(await Promise.all(lines));
  };
  const untold = async () =>
    (await world.store.transaction((tx) => tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 100 }))).map(
      ({ kind }) => kind,
    );

  test('of several topics are as many mails, each with its own', async () => {
    for (const kind of ['mail_bounced', 'out_of_stock', 'attention', 'mail_failed', 'silent_site'] as const)
      await raise(kind);
    expect(await tell()).toBe(5);
    expect(await told()).toEqual({
      admin_urgent: ['out_of_stock'],
      admin_mail_failing: ['mail_bounced', 'mail_failed'],
      admin_attention: ['attention', 'silent_site'],
    });
  });

  test('of one topic do not wait for the cooldown of another', async () => {
    await raise('conflict');
    expect(await tell()).toBe(1);
    await raise('conflict');
    await raise('mail_complained');
    expect(await tell()).toBe(1);
    expect(await untold()).toEqual(['conflict']);
    expect(Object.keys(await told()).toSorted()).toEqual(['admin_attention', 'admin_mail_failing']);
  });

  test('about an order that has been served meanwhile lapse, and cost no cooldown', async () => {
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 1);
    await world.send(booking({ externalId: '1' }));
    await raise('out_of_stock', 'amelia:1');
    expect(await tell()).toBe(0);
    expect([await untold(), await told()]).toEqual([[], {}]);
    await raise('out_of_stock', 'amelia:never-seen');
    expect(await tell()).toBe(1);
  });

  test('told by many at once are told once', async () => {
    for (const kind of ALERT_KINDS) await raise(kind);
    const answers = await Promise.all(Array.from({ length: 6 }, tell));
    expect(answers.reduce((sum, count) => sum + count, 0)).toBe(ALERT_KINDS.length);
    expect(Object.keys(await told())).toHaveLength(3);
  });
});
