import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAudit, type Act } from '../../server/audit/record.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const START = Date.parse('2026-11-22T20:00:00.000Z');

describe.each(engines())('the audit trail for staff on %s', (engine) => {
  let world: World;
  let desk: Desk;

  beforeAll(async () => {
    world = await openWorld(engine, { defaultSku: 'COURSE-A' });
    desk = openDesk(world);
    await world.stock('COURSE-A', 5);
  });
  afterAll(() => world.close());

  /** Lines on a subject of their own, a second apart. */
  async function write(subject: string, acts: Partial<Act>[]): Promise<void> {
    const lines = acts.map((act, index) => ({
      ...{ subject, at: new Date(START + index * 1000), actor: 'cli', action: 'test.done' },
      ...{ fromStatus: null, toStatus: null, reason: `line ${index}`, refs: {} },
      ...act,
    }));
    await world.store.transaction((tx) => recordAudit(tx, lines));
  }

  test('lists the lines of an order newest first, with its name and that of who acted', async () => {
    await world.send(booking({ externalId: '1' }));
    const support = await desk.as('support');
    await support.orders.resend({ orderId: 'amelia:1', reason: 'it was lost' });
    const admin = await desk.as('admin');
    const { lines } = await admin.audit.list({ orderId: 'amelia:1' });
    expect(lines.map((line) => line.action)).toEqual(['order.resent', 'order.fulfilled']);
    const order = await world.order('1');
    expect(lines[0]).toEqual({
      id: expect.any(Number),
      at: expect.any(String),
      subject: `order:${order?.id}`,
      orderId: 'amelia:1',
      actor: expect.stringMatching(/^staff:\d+$/),
      actorName: 'support',
      action: 'order.resent',
      from: 'fulfilled',
      to: 'fulfilled',
      reason: 'it was lost',
      refs: expect.any(Object),
    });
    expect(lines[1]).toMatchObject({ actor: 'webhook', actorName: null });
  });

  test('narrows by subject, actor, action and period', async () => {
    await write('sku:NARROW', [{ actor: 'job' }, { action: 'test.other' }, {}, {}]);
    const admin = await desk.as('admin');
    const reasons = async (input: Parameters<typeof admin.audit.list>[0]) =>
      (await admin.audit.list(input)).lines.map((line) => line.reason);
    const subject = 'sku:NARROW';
    expect(await reasons({ subject })).toEqual(['line 3', 'line 2', 'line 1', 'line 0']);
    expect(await reasons({ subject, actor: 'job' })).toEqual(['line 0']);
    expect(await reasons({ action: 'test.other' })).toEqual(['line 1']);
    const period = { since: '2026-11-22T20:00:01Z', until: '2026-11-22T20:00:03Z' };
    expect(await reasons({ subject, ...period })).toEqual(['line 2', 'line 1']);
    expect(await reasons({ actor: 'cli', action: 'test.done', ...period })).toEqual(['line 2']);
    expect(await reasons({ subject, since: '2199-12-31' })).toEqual([]);
  });

  test('goes page by page, each line once, of one subject and of all', async () => {
    // All at one moment: the ids decide.
    await write(
      'sku:PAGES',
      Array.from({ length: 60 }, () => ({ at: new Date(START), action: 'test.page' })),
    );
    const admin = await desk.as('admin');
    for (const filter of [{ subject: 'sku:PAGES' }, { action: 'test.page' }]) {
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await admin.audit.list({ ...filter, cursor });
        sizes.push(page.lines.length);
        seen.push(...page.lines.map((line) => line.reason));
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(sizes).toEqual([25, 25, 10]);
      expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => `line ${59 - index}`));
    }
  });

  test('exports pages of 1,000 lines that make one file, safe for a spreadsheet', async () => {
    const acts = Array.from({ length: 1003 }, (_, index) => ({ reason: `=${index}+1` }));
    await write('sku:EXPORT', acts);
    const admin = await desk.as('admin');
    const first = await admin.audit.export({ subject: 'sku:EXPORT' });
    const second = await admin.audit.export({ subject: 'sku:EXPORT', cursor: first.next });
    expect(second.next).toBeUndefined();
    const rows: Record<string, string>[] = parse(first.csv + second.csv, { columns: true });
    expect(rows.map((row) => row['reason'])).toEqual(acts.map(({ reason }) => `'${reason}`).toReversed());
    expect(rows[0]).toMatchObject({ subject: 'sku:EXPORT', actor: 'cli', action: 'test.done', order: '' });
    expect(await world.broken()).toEqual([]);
  });

  test('is for admins; a viewer, support and a stranger see nothing of it', async () => {
    for (const role of ['viewer', 'support'] as const) {
      const other = await desk.as(role);
      await expect(other.audit.list({})).rejects.toThrow(/may not/);
      await expect(other.audit.export({})).rejects.toThrow(/may not/);
    }
    await expect(desk.caller('Bearer nobody').audit.export({})).rejects.toThrow(/token/);
  });

  test('refuses what it cannot read, and says what', async () => {
    const admin = await desk.as('admin');
    await expect(admin.audit.list({ orderId: 'amelia:404' })).rejects.toThrow(/no order amelia:404/);
    await expect(admin.audit.list({ orderId: "x' OR 1=1" })).rejects.toThrow(/There is no order/);
    await expect(admin.audit.list({ since: 'today' })).rejects.toThrow(/A moment is a day/);
    await expect(admin.audit.list({ subject: 'a\u0000b' })).rejects.toThrow(/a word of up to 200/);
    await expect(admin.audit.list({ subject: 'sku:A', orderId: 'amelia:1' })).rejects.toThrow(/not both/);
    for (const cursor of ['x', Buffer.from('before:1:x').toString('base64url')])
      await expect(admin.audit.export({ cursor })).rejects.toThrow(/page mark/);
  });

  test('no line of it holds a key', async () => {
    await desk.bringIn('COURSE-B', ['SECRET-KEY-0001']);
    const admin = await desk.as('admin');
    const { csv } = await admin.audit.export({});
    expect(csv).toContain('import.finished');
    for (const key of ['SECRET-KEY-0001', 'COURSE-A-00000']) expect(csv).not.toContain(key);
  });
});
