import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellAlerts } from '../../server/alerts/tell.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog } from '../../server/log.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import { leaseDue } from '../../server/mail/lease-due.ts';
import { createSettle } from '../../server/mail/settle.ts';
import { decide } from '../../server/mail/settlement.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import { systemTimers } from '../../server/timers.ts';
import { engines } from '../support/engines.ts';
import { openTransaction } from '../store/exercise/open-transaction.ts';
import { booking, openWorld, type World } from '../support/world.ts';
import { accepted, refused } from './outbox-world.ts';
import type { SendOutcome } from '../../server/mail/classify.ts';

describe.each(engines())('what became of a mail, on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 1);
  });
  afterAll(() => world.close());

  const deps = () => ({
    store: world.store,
    clock: { now: () => new Date() },
    timers: systemTimers,
    random: () => 0.5,
    log: silentLog,
    newId: newUuid,
    gatherMs: 0,
    isStopping: () => true,
  });
  const tell = () => tellAlerts({ ...deps(), adminEmail: 'admin@example.test', onQueued: () => {} });
  const untold = () =>
    world.store.transaction((tx) => tx.lockUntoldAlerts({ kinds: ALERT_KINDS, limit: 100 }));
  const lease = async () =>
    (
      await leaseDue(
        { ...deps(), brand: loadBrand(), publicUrl: 'https://keys.example', lowStock: 10 },
        { room: 100, urgentRoom: 100, leaseMs: 60_000 },
      )
    ).ready;
  const settle = async (
    leased: Awaited<ReturnType<typeof lease>>,
    result: SendOutcome | { kind: 'withdrawn'; why: string },
  ) => {
    const write = createSettle(deps());
    return Promise.all(
      leased.map((one) =>
        write({ ...one, verdict: decide(one.message, result, { now: new Date(), random: 0.5 }) }),
      ),
    );
  };

  test('alerts whose mail was refused for good wait for the next digest, and not for every look', async () => {
    const alert = { kind: 'unreadable', orderId: null, sku: null, createdAt: new Date() } as const;
    await world.store.insertAlerts({
      alerts: [
        { ...alert, detail: 'a' },
        { ...alert, detail: 'b' },
      ],
    });
    expect(await tell()).toBe(2);
    expect(await untold()).toEqual([]);
    await settle(await lease(), refused);
    expect((await untold()).map(({ detail }) => detail)).toEqual(['a', 'b']);
    for (let time = 0; time < 3; time++) expect(await tell()).toBe(0);
    expect(await lease()).toEqual([]);
  });

  test('a mail whose order somebody holds waits for it; the others of its batch are settled at once', async () => {
    await world.stock('COURSE-A', 3, 2);
    for (const externalId of ['7', '8', '9']) await world.send(booking({ externalId }));
    const leased = await lease();
    expect(leased).toHaveLength(3);
    const held = await world.order('8');
    const other = await openTransaction(world.store, (tx) => tx.lockOrders({ ids: [held?.id ?? 0] }));
    const write = createSettle({ ...deps(), isStopping: () => false });
    const settling = leased.map((one) => {
      const verdict = decide(one.message, accepted, { now: new Date(), random: 0.5 });
      return { orderId: one.message.orderId, written: write({ ...one, verdict }) };
    });
    const rest = settling.filter(({ orderId }) => orderId !== held?.id);
    const one = settling.find(({ orderId }) => orderId === held?.id);
    await Promise.all(rest.map(({ written }) => written));
    expect(await world.mailsOf('7')).toMatchObject([{ status: 'accepted' }]);
    expect(await world.mailsOf('9')).toMatchObject([{ status: 'accepted' }]);
    expect(await world.mailsOf('8')).toMatchObject([{ status: 'sending' }]);
    await other.rollback();
    expect(await one?.written).toMatchObject({ status: 'accepted' });
    expect(await world.mailsOf('8')).toMatchObject([{ status: 'accepted' }]);
    expect(await world.broken()).toEqual([]);
  });

  test('a mail found to be of a cancelled order is due again when the order was approved meanwhile', async () => {
    await world.send(booking({ externalId: '1' }));
    const leased = await lease();
    expect(leased).toHaveLength(1);
    const [written] = await settle(leased, { kind: 'withdrawn', why: 'the order is cancelled' });
    expect(written).toMatchObject({ status: 'queued', retryInMs: 0 });
    expect(await world.broken()).toEqual([]);
    await settle(await lease(), accepted);
    expect(await world.mailsOf('1')).toMatchObject([{ status: 'accepted' }]);
  });
});
