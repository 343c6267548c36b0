import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { hashToken } from '../../server/staff/token.ts';
import { StoreError } from '../../server/store/store-error.ts';
import type { Store } from '../../server/store/store.ts';
import { openDesk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { answerTo, procedures } from '../support/procedures.ts';
import { openWorld, type World } from '../support/world.ts';

const item = { source: 'amelia', kind: 'service', itemId: '1' };
const reason = 'for the test';
const deliveryId = '019e4f2a-0000-7000-8000-000000000001';

/** An input of the right shape for each procedure that takes one. */
const INPUTS: Record<string, unknown> = {
  'attention.list': {},
  'attention.reopen': { alertIds: [1], reason },
  'attention.settle': { alertIds: [1], reason },
  'audit.export': {},
  'audit.list': {},
  'deliveries.countReplay': { filter: {} },
  'deliveries.get': { deliveryId },
  'deliveries.list': {},
  'deliveries.replay': { deliveryId, reason },
  'deliveries.replayMany': {
    filter: { verdict: ['attention'], until: '2026-11-22T00:00:00Z' },
    count: 1,
    reason,
  },
  'keys.find': { query: 'ABCD' },
  'keys.give': { sku: 'A', email: 'a@example.test', reason },
  'keys.import': { sku: 'A', text: 'A-1' },
  'keys.imports': {},
  'keys.replace': { keyId: 1, reason },
  'keys.reveal': { keyId: 1, reason },
  'keys.revoke': { keyId: 1, reason },
  'keys.undoImport': { importId: deliveryId, reason },
  'mail.allow': { address: 'a@example.test', reason },
  'mail.list': { show: 'queue' },
  'mail.preview': { messageId: deliveryId },
  'mail.retry': { messageIds: [deliveryId], reason },
  'mail.reveal': { messageId: deliveryId, reason },
  'mail.suppressed': {},
  'orders.addKeys': { orderId: 'amelia:1', sku: 'A', upTo: 1, reason },
  'orders.cancel': { orderId: 'amelia:1', reason },
  'orders.correct': { orderId: 'amelia:1', email: 'a@example.test', reason },
  'orders.get': { orderId: 'amelia:1' },
  'orders.lookup': { query: 'ada' },
  'orders.replay': { orderId: 'amelia:1', reason },
  'orders.resend': { orderId: 'amelia:1', reason },
  'orders.waiting': {},
  'products.mappings.delete': { ...item, reason },
  'products.mappings.save': { ...item, sku: null, reason },
  'products.save': { sku: 'A', reason },
  'staff.add': { name: 'Ada', reason },
  'staff.change': { staffId: 1, role: 'viewer', reason },
  'staff.renew': { staffId: 1, reason },
  'staff.revoke': { staffId: 1, reason },
};
/** These tell what this process knows by itself, or answer that the database is away as a part of what they tell. */
const NEED_NO_DATABASE = ['health.get', 'mail.gallery', 'staff.me'];

describe('each procedure', () => {
  let world: World;
  const token = `kb_staff_${newUuid()}`;
  const call = { authorization: `Bearer ${token}` };

  beforeAll(async () => {
    world = await openWorld(engines()[0] ?? 'postgres');
    const admin = { name: 'Admin', role: 'admin', grants: '', createdAt: new Date() } as const;
    await world.store.insertStaff({ ...admin, tokenHash: hashToken(token) });
  });
  afterAll(() => world.close());

  test('that takes an input has one here', () => {
    const paths = procedures.map(({ path }) => path);
    expect(Object.keys(INPUTS).filter((path) => !paths.includes(path))).toEqual([]);
    const without = paths.filter((path) => !(path in INPUTS));
    expect(without.sort()).toEqual(
      [
        'health.get',
        'mail.gallery',
        'mail.status',
        'products.list',
        'products.mappings.list',
        'sites.list',
        'staff.list',
        'staff.me',
        'stock.list',
        'verify.run',
      ].sort(),
    );
  });

  const fed = procedures.filter(({ path }) => path in INPUTS);
  test.each(fed)('$path refuses an input of another shape, and does not repeat it', async (procedure) => {
    const { deps } = openDesk(world);
    for (const input of [7, 'SECRET-KEY-1', ['SECRET-KEY-1']]) {
      const told = await answerTo(deps, procedure, { ...call, input });
      expect(told.code).toBe('BAD_REQUEST');
      expect(told.message).not.toContain('SECRET-KEY-1');
    }
  });

  const needy = procedures.filter(({ path }) => !NEED_NO_DATABASE.includes(path));
  test.each(needy)('$path says when the database is away', async (procedure) => {
    const { deps } = openDesk(world, { store: awayButForStaff(world.store) });
    const input = INPUTS[procedure.path];
    expect(await answerTo(deps, procedure, { ...call, input })).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('database does not answer'),
    });
  });
});

/** The caller is still known; then nothing answers any more. */
function awayButForStaff(store: Store): Store {
  const away = () => Promise.reject(new StoreError('store.unavailable', 'testing', 'x'));
  return new Proxy(store, {
    get(target, name, receiver) {
      const known = name === 'findStaffByTokenHash' || name === 'touchStaff';
      const value: unknown = Reflect.get(target, name, receiver);
      return known || typeof value !== 'function' ? value : away;
    },
  });
}
