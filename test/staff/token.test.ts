import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapStaff } from '../../server/staff/first-admin.ts';
import { findStaffByToken, hashToken } from '../../server/staff/token.ts';
import { systemTimers } from '../../server/timers.ts';
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
  const at = (now: Date) => ({
    store: world.store,
    clock: { now: () => now },
    timers: systemTimers,
    random: Math.random,
  });

  test('the first admin is made once, and only the hash of the token is kept', async () => {
    const starts = [1, 2, 3].map(() => bootstrapStaff(at(NOON), { staffToken: TOKEN }));
    expect(await Promise.all(starts)).toEqual([{ opens: true }, { opens: true }, { opens: true }]);
    await bootstrapStaff(at(NOON), { staffToken: TOKEN });
    const staff = await world.store.listStaff();
    expect(await world.store.findAudit({ subject: `staff:${staff[0]?.id}` })).toMatchObject([
      { actor: 'start', action: 'staff.added', refs: { role: 'admin', grants: '' } },
    ]);
    expect(staff).toMatchObject([{ role: 'admin', tokenHash: hashToken(TOKEN), lastUsedAt: null }]);
    expect(JSON.stringify(staff)).not.toContain(TOKEN);
  });

  test('a bearer is known by the token, and the last use is noted once a minute', async () => {
    const lastUse = async () => (await world.store.listStaff())[0]?.lastUsedAt?.toISOString();
    expect(await findStaffByToken(at(NOON), { token: TOKEN })).toMatchObject({ role: 'admin' });
    expect(await lastUse()).toBe('2026-11-22T12:00:00.000Z');
    await findStaffByToken(at(new Date(NOON.getTime() + 59_000)), { token: TOKEN });
    expect(await lastUse()).toBe('2026-11-22T12:00:00.000Z');
    await findStaffByToken(at(new Date(NOON.getTime() + 60_000)), { token: TOKEN });
    expect(await lastUse()).toBe('2026-11-22T12:01:00.000Z');
  });

  test.each(['', `${TOKEN}x`, TOKEN.toUpperCase(), hashToken(TOKEN)])('%j is nobody', async (token) => {
    expect(await findStaffByToken(at(NOON), { token })).toBeNull();
  });
});
