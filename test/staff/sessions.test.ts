import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import {
  beginSession,
  csrfToken,
  endSession,
  findSessionMember,
  SESSION_LIMITS,
  type SessionLimits,
} from '../../server/staff/sessions.ts';
import { hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(engines())('sessions on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  const deps = (limits: Partial<SessionLimits> = {}) => ({
    store: world.store,
    sessionLimits: { ...SESSION_LIMITS, ...limits },
  });

  async function member(role: StaffRow['role'] = 'support'): Promise<StaffRow> {
    const tokenHash = hashToken(newUuid());
    await world.store.insertStaff({ name: newUuid(), role, grants: '', tokenHash, createdAt: new Date() });
    const row = await world.store.findStaffByTokenHash({ tokenHash });
    if (!row) throw new Error('not inserted');
    return row;
  }

  test('belong to who began them, until they are ended', async () => {
    const [ada, grace] = [await member(), await member()];
    const secret = await beginSession(deps(), { staffId: ada.id });
    const other = await beginSession(deps(), { staffId: grace.id });
    expect(await findSessionMember(deps(), { secret })).toMatchObject({ id: ada.id });
    await endSession(deps(), { secret });
    await endSession(deps(), { secret });
    expect(await findSessionMember(deps(), { secret })).toBeNull();
    expect(await findSessionMember(deps(), { secret: other })).toMatchObject({ id: grace.id });
  });

  test('are found by their secret alone, of which a hash is kept', async () => {
    const kept: unknown[] = [];
    const insertSession: typeof world.store.insertSession = async (row) => {
      kept.push(row);
      await world.store.insertSession(row);
    };
    const { id } = await member();
    const watched = { ...deps(), store: { ...world.store, insertSession } };
    const secret = await beginSession(watched, { staffId: id });
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(kept).toEqual([{ tokenHash: hashToken(secret), staffId: id }]);
    for (const wrong of ['', `${secret}x`, hashToken(secret), secret.toLowerCase()])
      expect(await findSessionMember(deps(), { secret: wrong })).toBeNull();
  });

  test('end when nobody used them for so long, and when they are so old', async () => {
    const secret = await beginSession(deps(), { staffId: (await member()).id });
    expect(await findSessionMember(deps({ idleMs: 0 }), { secret })).toBeNull();
    expect(await findSessionMember(deps({ absoluteMs: 0 }), { secret })).toBeNull();
    expect(await findSessionMember(deps(), { secret })).not.toBeNull();
  });

  test('end with their member, and follow a change of role at once', async () => {
    const ada = await member('viewer');
    const secret = await beginSession(deps(), { staffId: ada.id });
    await world.store.updateStaff({ ...ada, role: 'admin' });
    expect(await findSessionMember(deps(), { secret })).toMatchObject({ role: 'admin' });
    await world.store.updateStaff({ ...ada, revokedAt: new Date() });
    expect(await findSessionMember(deps(), { secret })).toBeNull();
  });

  test('have a token against forged requests that does not give the secret away', async () => {
    const [one, two] = ['secret-one', 'secret-two'];
    expect(csrfToken(one)).toBe(csrfToken(one));
    expect(csrfToken(one)).not.toBe(csrfToken(two));
    expect([hashToken(one), one]).not.toContain(csrfToken(one));
  });
});
