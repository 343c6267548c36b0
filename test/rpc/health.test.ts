import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

describe.each(engines())('health on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
  });
  afterAll(() => world.close());

  test('of a new installation that serves is well, in every part', async () => {
    const startedAt = new Date('2026-11-23T08:00:00.000Z');
    const instance = { id: newUuid(), host: 'web-1', version: '0.0.1', startedAt };
    await world.store.beat({ ...instance, retries: 2 });
    desk.deps.instance = instance;
    desk.deps.mailState = () => ({ sending: 1, paused: null });
    const { status, parts } = await (await desk.as('viewer')).health.get();
    // How fast the database of a test answers, the machine decides.
    const { database: _database, ...others } = parts;
    expect(Object.values(others).map((part) => part.status)).toEqual(Array(7).fill('ok'));
    expect(status).toBe(parts.database.status);
    expect(parts.database.facts).toMatchObject({ engine, version: world.store.version });
    expect(parts.database.facts?.locks).toHaveProperty('deadlocks');
    expect(parts.server.facts).toMatchObject({
      startedAt: startedAt.toISOString(),
      publicUrl: 'https://keys.example.com',
      setUp: { mail: 'mailbox', hasAdmin: false, hasDefaultSku: false },
    });
    expect(parts.instances.facts).toMatchObject({
      instances: [{ host: 'web-1', startedAt: startedAt.toISOString(), isSilent: false, retries: 2 }],
      retries: 2,
    });
    expect(parts.mail.facts).toMatchObject({ worker: { sending: 1 }, due: 0, oldestDueMs: null });
  });

  test('tells what waits for a person', async () => {
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 1);
    await world.send(booking({ externalId: '1' }));
    await world.send(booking({ externalId: '2' }));
    await world.send(booking({ externalId: '3', item: { kind: 'service', id: '8', name: null } }));
    const [mail] = await world.mailsOf('1');
    await world.store.settleMessages({
      ...{ ids: [mail?.id ?? ''], isTry: true, status: 'failed', retryInMs: null, lastCode: 'smtp_550' },
      ...{ lastError: 'refused (550)', acceptedAt: null },
    });
    const { status, parts } = await (await desk.as('viewer')).health.get();
    expect(status).toBe('bad');
    expect(parts.orders).toMatchObject({
      status: 'warn',
      facts: { waiting: 1, isMoreWaiting: false, attention: 1 },
    });
    expect(parts.attention).toMatchObject({
      status: 'warn',
      sentence: 'On the attention list: 1 attention.',
      facts: { open: [{ kind: 'attention', count: 1, isMore: false }] },
    });
    const second = await world.order('2');
    expect(parts.orders.facts?.oldestWaitingSince).toBe(second?.createdAt.toISOString());
    expect(parts.stock).toMatchObject({
      status: 'bad',
      facts: { low: [{ sku: 'COURSE-A', available: 0, waiting: 1, threshold: 10 }], overdueHolds: 0 },
    });
    expect(parts.mail).toMatchObject({ status: 'warn', sentence: /1 failed/ });
    expect(parts.mail.facts?.troubled).toContainEqual({ status: 'failed', count: 1, isMore: false });
  });

  test('counts open alerts up to a hundred of a kind, and those that are settled not at all', async () => {
    const alert = {
      kind: 'conflict' as const,
      orderId: null,
      sku: null,
      detail: 'Two courses for one booking',
      createdAt: new Date(),
    };
    const open = async () => (await (await desk.as('viewer')).health.get()).parts.attention.facts?.open;
    await world.store.insertAlerts({ alerts: Array.from({ length: 101 }, () => alert) });
    expect(await open()).toContainEqual({ kind: 'conflict', count: 100, isMore: true });
    const found = await world.store.listOpenAlerts({ kind: 'conflict', beforeId: 1e9, limit: 200 });
    const all = found.map(({ id }) => id);
    await world.store.settleAlerts({ ids: all.slice(1), by: 'cli', at: new Date() });
    expect(await open()).toContainEqual({ kind: 'conflict', count: 1, isMore: false });
    await world.store.settleAlerts({ ids: all, by: 'cli', at: new Date() });
    expect((await open())?.map(({ kind }) => kind)).not.toContain('conflict');
  });

  test('is told part by part: what cannot be read is bad, and the rest is there', async () => {
    const broken = openDesk(world, {
      store: { ...world.store, stockLevels: () => Promise.reject(new Error('secret words of a driver')) },
    });
    const report = await (await broken.as('viewer')).health.get();
    expect(report.parts.stock).toMatchObject({ status: 'bad', facts: null });
    expect(report.parts.orders.facts).toMatchObject({ waiting: 1 });
    expect(JSON.stringify(report)).not.toContain('secret words');
  });

  test('says when no server runs, and is closed to strangers', async () => {
    await world.store.deleteInstances({ deadForMs: 0 });
    const { parts } = await (await desk.as('viewer')).health.get();
    expect(parts.instances).toMatchObject({ status: 'bad', sentence: /No server is running/ });
    await expect(desk.caller(undefined).health.get()).rejects.toThrow(/staff token is missing/);
  });
});
