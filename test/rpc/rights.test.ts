import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { mayDo, PROCEDURE_RIGHTS, RIGHTS, type Right } from '../../server/staff/rights.ts';
import { hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { answerTo, procedures, type Procedure } from '../support/procedures.ts';
import { openWorld, type World } from '../support/world.ts';

const paths = procedures.map(({ path }) => path);

describe('the table of rights', () => {
  test('names each procedure that there is, and none that is not', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(Object.keys(PROCEDURE_RIGHTS).sort()).toEqual([...paths].sort());
  });

  test('lets nobody change anything with the right to look', () => {
    const careless = procedures.filter(
      ({ path, type }) => type === 'mutation' && PROCEDURE_RIGHTS[path] === 'read',
    );
    expect(careless).toEqual([]);
  });

  test('asks for no right that it does not know, and knows none that nothing asks for', () => {
    expect([...new Set(Object.values(PROCEDURE_RIGHTS))].sort()).toEqual([...RIGHTS].sort());
  });

  test('gives an admin everything, support no keys in full, and a viewer a look', () => {
    const rights = (role: StaffRow['role']) => RIGHTS.filter((right) => mayDo({ role, grants: '' }, right));
    expect(rights('admin')).toEqual([...RIGHTS]);
    expect(rights('viewer')).toEqual(['read']);
    expect(rights('support')).toEqual(expect.arrayContaining(['resend', 'cancel', 'replace', 'give']));
    for (const right of ['reveal', 'import', 'products', 'bulk', 'audit', 'staff'] satisfies Right[])
      expect(rights('support')).not.toContain(right);
  });

  test('adds what was granted beyond the role, and nothing by half a word', () => {
    expect(mayDo({ role: 'viewer', grants: 'reveal audit' }, 'audit')).toBe(true);
    expect(mayDo({ role: 'viewer', grants: 'reveal' }, 'audit')).toBe(false);
    expect(mayDo({ role: 'viewer', grants: 'revealed' }, 'reveal')).toBe(false);
  });
});

describe.each(engines())('each procedure, on %s', (engine) => {
  let world: World;
  let desk: Desk;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    const { store } = world;
    const createdAt = new Date();
    for (const role of ['viewer', 'support'] as const) {
      const token = `kb_staff_${newUuid()}`;
      await store.insertStaff({ name: role, role, grants: '', tokenHash: hashToken(token), createdAt });
      tokens[role] = `Bearer ${token}`;
    }
  });
  afterAll(() => world.close());

  /** The answer to a call without any input: who may not call is told so before it is looked at. */
  const statusOf = async (procedure: Procedure, authorization?: string): Promise<string> =>
    (await answerTo(desk.deps, procedure, { authorization })).code;

  test.each(procedures)('$path is closed to strangers', async (procedure) => {
    expect(await statusOf(procedure)).toBe('UNAUTHORIZED');
    expect(await statusOf(procedure, 'Bearer kb_staff_guessed')).toBe('UNAUTHORIZED');
  });

  for (const role of ['viewer', 'support'] as const) {
    const closed = procedures.filter(
      ({ path }) => !mayDo({ role, grants: '' }, PROCEDURE_RIGHTS[path] ?? 'staff'),
    );
    const open = procedures.filter((procedure) => !closed.includes(procedure));
    test.each(closed)(`$path is closed to the role ${role}`, async (procedure) => {
      expect(await statusOf(procedure, tokens[role])).toBe('FORBIDDEN');
    });
    test.each(open)(`$path is open to the role ${role}`, async (procedure) => {
      expect(['OK', 'BAD_REQUEST', 'NOT_FOUND']).toContain(await statusOf(procedure, tokens[role]));
    });
  }

  test('is closed to a member whose token was revoked', async () => {
    const { store } = world;
    const token = `kb_staff_${newUuid()}`;
    await store.insertStaff({
      name: 'gone',
      role: 'admin',
      grants: '',
      tokenHash: hashToken(token),
      createdAt: new Date(),
    });
    const member = await store.findStaffByTokenHash({ tokenHash: hashToken(token) });
    if (!member) throw new Error('not inserted');
    const stockList = procedures.find(({ path }) => path === 'stock.list');
    if (!stockList) throw new Error('no stock.list');
    expect(await statusOf(stockList, `Bearer ${token}`)).toBe('OK');
    await store.updateStaff({ ...member, revokedAt: new Date() });
    expect(await statusOf(stockList, `Bearer ${token}`)).toBe('UNAUTHORIZED');
  });
});
