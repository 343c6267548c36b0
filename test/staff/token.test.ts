import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayDo, RIGHTS } from '../../server/staff/rights.ts';
import { bootstrapStaff, findStaff, hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const TOKEN = 'kb_staff_0123456789abcdef';
const NOON = new Date('2026-11-22T12:00:00.000Z');

describe.each(engines())('staff tokens on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());
  const at = (now: Date) => ({ store: world.store, clock: { now: () => now } });

  test('the first admin is made once, and only the hash of the token is kept', async () => {
    await bootstrapStaff(at(NOON), { staffToken: TOKEN });
    await bootstrapStaff(at(NOON), { staffToken: TOKEN });
    const staff = await world.store.listStaff();
    expect(staff).toMatchObject([{ role: 'admin', tokenHash: hashToken(TOKEN), lastUsedAt: null }]);
    expect(JSON.stringify(staff)).not.toContain(TOKEN);
  });

  test('a bearer is known by the token, and the last use is noted once a minute', async () => {
    const lastUse = async () => (await world.store.listStaff())[0]?.lastUsedAt?.toISOString();
    expect(await findStaff(at(NOON), `Bearer ${TOKEN}`)).toMatchObject({ role: 'admin' });
    expect(await lastUse()).toBe('2026-11-22T12:00:00.000Z');
    await findStaff(at(new Date(NOON.getTime() + 59_000)), `bearer ${TOKEN}`);
    expect(await lastUse()).toBe('2026-11-22T12:00:00.000Z');
    await findStaff(at(new Date(NOON.getTime() + 60_000)), `Bearer ${TOKEN}`);
    expect(await lastUse()).toBe('2026-11-22T12:01:00.000Z');
  });

  test.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${hashToken(TOKEN)}`,
    `Bearer ${'x'.repeat(10_000)}`,
  ])('%j is nobody', async (authorization) => {
    expect(await findStaff(at(NOON), authorization)).toBeNull();
  });
});

test('an admin may do everything, a viewer only look', () => {
  const rights = (role: StaffRow['role']) => RIGHTS.filter((right) => mayDo({ role, grants: '' }, right));
  expect(rights('admin')).toEqual([...RIGHTS]);
  expect(rights('viewer')).toEqual(['read']);
  expect(rights('support')).not.toContain('reveal');
});
