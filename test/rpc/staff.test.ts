import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../server/ids.ts';
import { createCaller } from '../../server/rpc/router.ts';
import { openContext } from '../../server/rpc/trpc.ts';
import { RIGHTS } from '../../server/staff/rights.ts';
import { beginSession, csrfToken } from '../../server/staff/sessions.ts';
import { hashToken } from '../../server/staff/token.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { engines } from '../support/engines.ts';
import { refusal } from '../support/procedures.ts';
import { openWorld, type World } from '../support/world.ts';

type Caller = ReturnType<Desk['caller']>;

describe.each(engines())('staff by procedures on %s', (engine) => {
  let world: World;
  let desk: Desk;
  let admin: Caller;

  beforeAll(async () => {
    world = await openWorld(engine);
    desk = openDesk(world);
    admin = await desk.as('admin');
  });
  afterAll(() => world.close());

  const reason = 'a story';
  const bearer = (token: string) => desk.caller(`Bearer ${token}`);
  const added = (about: Partial<Parameters<Caller['staff']['add']>[0]> = {}) =>
    admin.staff.add({ name: newUuid(), reason, ...about });
  /** Somebody whose browser has a session. */
  async function inBrowser(staffId: number): Promise<Caller> {
    const session = await beginSession(desk.deps, { staffId });
    const from = { authorization: undefined, session, csrf: csrfToken(session), ip: '192.0.2.250' };
    return createCaller(() => openContext(desk.deps, { ...from, isGet: false, isCrossSite: false }));
  }
  const acts = (caller: Caller, staffId: number, why = reason) => [
    caller.staff.change({ staffId, role: 'admin', reason: why }),
    caller.staff.renew({ staffId, reason: why }),
    caller.staff.revoke({ staffId, reason: why }),
  ];
  const trail = (staffId: number) => world.store.findAudit({ subject: `staff:${staffId}` });

  test('a new member has the least rights unless more is said, and a token that works at once', async () => {
    const grace = await added({ name: 'Grace Hopper' });
    expect(grace).toEqual({
      ...{ staffId: grace.staffId, name: 'Grace Hopper', role: 'viewer', rights: ['read'] },
      token: expect.stringMatching(/^kb_staff_[\w-]{43}$/),
    });
    const { token, ...who } = grace;
    expect(await bearer(token).staff.me()).toEqual(who);
    const { staffId } = await admin.staff.me();
    expect(await trail(grace.staffId)).toMatchObject([
      { actor: `staff:${staffId}`, action: 'staff.added', reason },
    ]);
  });

  test('another role and other rights hold from the next request on, in an open session too', async () => {
    const { staffId } = await added();
    const browser = await inBrowser(staffId);
    const cancel = () => refusal(browser.orders.cancel({ orderId: 'amelia:404', reason }));
    expect(await cancel()).toMatch(/^FORBIDDEN: The role viewer/);
    const changed = await admin.staff.change({ staffId, role: 'support', grants: ['reveal'], reason });
    expect(changed.rights).toEqual(expect.arrayContaining(['cancel', 'reveal']));
    expect(await browser.staff.me()).toEqual(changed);
    expect(await cancel()).toMatch(/^NOT_FOUND/);
    await admin.staff.change({ staffId, role: 'viewer', grants: [], reason });
    expect(await cancel()).toMatch(/^FORBIDDEN/);
  });

  test('a new token takes the place of the old one, and ends the sessions', async () => {
    const { token: old, ...member } = await added({ role: 'support' });
    const browser = await inBrowser(member.staffId);
    const { token, ...same } = await admin.staff.renew({ staffId: member.staffId, reason });
    expect(same).toEqual(member);
    expect(await bearer(token).staff.me()).toEqual(member);
    expect(await refusal(bearer(old).staff.me())).toMatch(/^UNAUTHORIZED: The staff token is missing/);
    expect(await refusal(browser.staff.me())).toMatch(/^UNAUTHORIZED: The session is over/);
  });

  test('a revoked member is out at once, by token and by session', async () => {
    const { token, staffId } = await added({ role: 'admin' });
    const browser = await inBrowser(staffId);
    expect(await admin.staff.revoke({ staffId, reason })).toMatchObject({ staffId });
    expect(await refusal(bearer(token).staff.me())).toMatch(/^UNAUTHORIZED/);
    expect(await refusal(browser.staff.me())).toMatch(/^UNAUTHORIZED/);
    for (const told of await Promise.all(acts(admin, staffId).map(refusal)))
      expect(told).toMatch(/^CONFLICT: staff:\d+ was revoked, .* staff add NAME/);
  });

  test('the list names everybody’s rights and last use, and holds no token and no hash', async () => {
    const here = await added({ role: 'support', grants: ['audit'] });
    const gone = await added();
    await bearer(here.token).staff.me();
    await admin.staff.revoke({ staffId: gone.staffId, reason });
    const { members } = await admin.staff.list();
    expect(members.find(({ staffId }) => staffId === here.staffId)).toMatchObject({
      ...{ name: here.name, role: 'support', grants: ['audit'], rights: here.rights },
      ...{ lastUsedAt: expect.stringMatching(/Z$/), revokedAt: null },
    });
    expect(members.at(-1)?.revokedAt).toEqual(expect.stringMatching(/Z$/));
    const text = JSON.stringify(members);
    for (const secret of [here.token, hashToken(here.token), 'okenHash', 'kb_staff_'])
      expect(text).not.toContain(secret);
  });

  test('are closed to strangers, viewers and support, who are told so before anything is looked at', async () => {
    const { staffId } = await added();
    const before = await trail(staffId);
    const viewer = await desk.as('viewer');
    const support = await desk.as('support');
    for (const [caller, told] of [
      [desk.caller('Bearer kb_staff_guessed'), /^UNAUTHORIZED/],
      [desk.caller(undefined), /^UNAUTHORIZED/],
      [viewer, /^FORBIDDEN: The role viewer may not do this \(staff\)/],
      [support, /^FORBIDDEN: The role support may not do this \(staff\)/],
    ] as const) {
      const calls = [
        ...[caller.staff.list(), caller.staff.add({ name: 'Intruder', role: 'admin', reason })],
        ...[...acts(caller, staffId), ...acts(caller, 2_000_000_000)],
      ];
      for (const answer of await Promise.all(calls.map(refusal))) expect(answer).toMatch(told);
    }
    expect(await trail(staffId)).toEqual(before);
    expect((await admin.staff.list()).members).toEqual(
      expect.arrayContaining([expect.objectContaining({ staffId, role: 'viewer', revokedAt: null })]),
    );
    expect((await admin.staff.list()).members.map(({ name }) => name)).not.toContain('Intruder');
    expect(await viewer.staff.me()).toMatchObject({ role: 'viewer', rights: ['read'] });
  });

  test('are open to who was granted the right, as far as their own rights go', async () => {
    const { token, staffId: own } = await added({ role: 'support', grants: ['staff'] });
    const lead = bearer(token);
    const { staffId } = await added();
    expect(await lead.staff.change({ staffId, role: 'support', reason })).toMatchObject({ staffId });
    expect(await lead.staff.renew({ staffId, reason })).toMatchObject({ staffId });
    expect(
      await lead.staff.add({ name: newUuid(), role: 'viewer', grants: ['cancel'], reason }),
    ).toMatchObject({
      role: 'viewer',
    });
    const beyond =
      /^FORBIDDEN: This is about rights that you have not got yourself \(.*reveal.*\); nothing was changed/;
    const [boss, reader] = [await added({ role: 'admin' }), await added({ grants: ['reveal'] })];
    const before = (await admin.staff.list()).members;
    const tries = [
      ...[...acts(lead, boss.staffId), ...acts(lead, reader.staffId)],
      lead.staff.change({ staffId: boss.staffId, role: 'viewer', reason }),
      lead.staff.change({ staffId, role: 'admin', reason }),
      lead.staff.change({ staffId: own, grants: ['staff', 'reveal'], reason }),
      lead.staff.add({ name: newUuid(), role: 'admin', reason }),
      lead.staff.add({ name: newUuid(), grants: ['reveal'], reason }),
    ];
    for (const told of await Promise.all(tries.map(refusal))) expect(told).toMatch(beyond);
    expect((await admin.staff.list()).members).toEqual(before);
    expect(await lead.staff.revoke({ staffId, reason })).toMatchObject({ staffId });
  });

  test('end with the right: of two at once, who lost it acts no more', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token, staffId: own } = await added({ role: 'support', grants: ['staff'] });
      const { staffId } = await added();
      const [, tried] = await Promise.all([
        admin.staff.change({ staffId: own, grants: [], reason }),
        refusal(bearer(token).staff.change({ staffId, role: 'support', reason })).catch(() => 'done'),
      ]);
      const order = await Promise.all([own, staffId].map(async (id) => (await trail(id)).at(-1)));
      const [lost, acted] = order.map((line) => line?.id ?? 0);
      if (order[1]?.action === 'staff.changed') expect(acted).toBeLessThan(lost ?? 0);
      else expect(tried).toMatch(/^FORBIDDEN/);
    }
  });

  test('tell what is not there, want a reason, and give no name twice', async () => {
    const { name, staffId } = await added();
    for (const told of await Promise.all(acts(admin, 2_000_000_000).map(refusal)))
      expect(told).toMatch(/^NOT_FOUND: There is no member of staff with the id 2000000000/);
    for (const told of await Promise.all([added({ reason: ' ' }), ...acts(admin, staffId, ' ')].map(refusal)))
      expect(told).toMatch(/^BAD_REQUEST: A reason is required/);
    expect(await refusal(added({ name: name.toUpperCase() }))).toBe(
      `CONFLICT: staff:${staffId} has this name already; nobody was added. Take another name, or make a new token for the one who is there: npx keybank staff renew ${staffId}`,
    );
  });

  test('refuse shapes that cannot be right', async () => {
    const { staffId } = await added();
    const calls = [
      admin.staff.change({ staffId, reason }),
      admin.staff.change({ staffId: 0, role: 'viewer', reason }),
      admin.staff.renew({ staffId: 1.5, reason }),
      admin.staff.revoke({ staffId: 1e300, reason }),
      added({ name: '' }),
      added({ name: 'x'.repeat(81) }),
      added({ name: '7' }),
    ];
    for (const told of await Promise.all(calls.map(refusal))) expect(told).toMatch(/^BAD_REQUEST/);
  });

  test('let nobody take the last admin away, not even the last admin', async () => {
    const others = (await admin.staff.list()).members.filter(({ role }) => role === 'admin');
    const { staffId } = await admin.staff.me();
    for (const other of others)
      if (other.staffId !== staffId && other.revokedAt === null)
        await admin.staff.revoke({ staffId: other.staffId, reason });
    const tries = [
      admin.staff.revoke({ staffId, reason }),
      admin.staff.change({ staffId, role: 'support', grants: [...RIGHTS], reason }),
    ];
    for (const told of await Promise.all(tries.map(refusal)))
      expect(told).toMatch(/^CONFLICT: staff:\d+ is the last admin; nothing was changed\./);
    expect(await admin.staff.me()).toMatchObject({ staffId, role: 'admin' });
    expect(await world.broken()).toEqual([]);
  });
});
