import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Result, valueOf } from '../../server/errors.ts';
import { newUuid } from '../../server/ids.ts';
import { addStaff, MAX_NAME_LENGTH } from '../../server/staff/add-staff.ts';
import { changeStaff } from '../../server/staff/change-staff.ts';
import { createGuesses } from '../../server/staff/guesses.ts';
import { listStaff } from '../../server/staff/list-staff.ts';
import { renewToken } from '../../server/staff/renew-token.ts';
import { revokeStaff } from '../../server/staff/revoke-staff.ts';
import type { Right } from '../../server/staff/rights.ts';
import { beginSession, findSessionMember, SESSION_LIMITS } from '../../server/staff/sessions.ts';
import { exchangeToken, signOut } from '../../server/staff/sign-in.ts';
import { bootstrapStaff } from '../../server/staff/first-admin.ts';
import { findStaffByToken, hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import type { Store, Verbs } from '../../server/store/store.ts';
import { systemTimers } from '../../server/timers.ts';
import { deferred } from '../support/deferred.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const clock = { now: () => new Date('2026-11-22T20:06:00.000Z') };
const by = { reason: 'a story', actor: 'cli' };
/** `done`, or the code of the refusal. */
const said = (answer: Result<unknown>) => (answer.ok ? 'done' : answer.fault.code);

interface House {
  world: World;
  deps: ReturnType<typeof depsOn>;
  /** The same on another replica. */
  other: ReturnType<typeof depsOn>;
  /** From now on nobody locks staff before `parties` transactions want to. */
  gate(parties: number): void;
  add(
    about?: Partial<{ name: string; role: StaffRow['role']; grants: Right[] }>,
  ): Promise<{ id: number; name: string; token: string }>;
  row(id: number): Promise<StaffRow>;
  trail(id: number): Promise<unknown[]>;
}

const depsOn = (store: Store) => ({
  ...{ store, clock, timers: systemTimers, random: Math.random, sessionLimits: SESSION_LIMITS },
});

/** A database of its own, with members of staff and nothing else. */
async function openHouse(engine: Parameters<typeof openWorld>[0]): Promise<House> {
  let atGate = async () => {};
  const world = await openWorld(engine, { wrap: (store) => gated(store, () => atGate()) });
  const deps = depsOn(world.store);
  const row = async (id: number) => {
    const found = await world.store.findStaff({ id });
    if (!found) throw new Error(`there is no staff:${id}`);
    return found;
  };
  return {
    world,
    deps,
    other: depsOn((await world.second()).store),
    gate(parties) {
      const opening = deferred();
      let arrived = 0;
      atGate = async () => {
        arrived += 1;
        if (arrived >= parties) opening.resolve();
        await opening.promise;
      };
    },
    async add(about = {}) {
      const person = { name: newUuid(), role: 'support', grants: [], ...about } as const;
      const { staffId: id, name, token } = valueOf(await addStaff(deps, { ...person, ...by }));
      return { id, name, token };
    },
    row,
    trail: (id) => world.store.findAudit({ subject: `staff:${id}` }),
  };
}

function gated(store: Store, wait: () => Promise<void>): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tx) =>
        work({
          ...tx,
          async lockStaff() {
            await wait();
            return tx.lockStaff();
          },
        }),
      ),
  };
}

describe.each(engines())('members of staff on %s', (engine) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(engine);
    await house.add({ name: 'Root', role: 'admin' });
  });
  afterAll(() => house.world.close());

  test('are added with a token that is shown once and opens at once, of which a hash is kept', async () => {
    const { deps } = house;
    const added = valueOf(
      await addStaff(deps, { name: ' Grace \n Hopper ', role: 'support', grants: ['reveal'], ...by }),
    );
    const { token, staffId } = added;
    expect(added).toMatchObject({ name: 'Grace Hopper', role: 'support' });
    expect(added.rights).toEqual(expect.arrayContaining(['read', 'resend', 'reveal']));
    expect(Buffer.from(/^kb_staff_([\w-]+)$/.exec(token)?.[1] ?? '', 'base64url')).toHaveLength(32);
    expect(await findStaffByToken(deps, { token })).toMatchObject({ id: staffId });
    expect(await house.row(staffId)).toMatchObject({ grants: 'reveal', tokenHash: hashToken(token) });
    expect(await house.trail(staffId)).toMatchObject([
      { ...by, action: 'staff.added', refs: { role: 'support', grants: 'reveal' } },
    ]);
    const kept = JSON.stringify([await house.trail(staffId), await listStaff(deps)]);
    for (const secret of [token, hashToken(token)]) expect(kept).not.toContain(secret);
  });

  test('keep only rights that their role does not have', async () => {
    const { id } = await house.add({ role: 'support', grants: ['reveal', 'resend', 'audit', 'reveal'] });
    expect((await house.row(id)).grants).toBe('reveal audit');
    valueOf(await changeStaff(house.deps, { staffId: id, role: 'admin', ...by }));
    valueOf(await changeStaff(house.deps, { staffId: id, role: 'viewer', ...by }));
    expect(await house.row(id)).toMatchObject({ role: 'viewer', grants: '' });
  });

  test.each([
    ['none', ' \t '],
    ['one that cannot be seen', '\u200b\u2060'],
    ['a number, which would be taken for an id', '12'],
    ['a number in other digits', '１２'],
    ['one that is too long', 'x'.repeat(MAX_NAME_LENGTH + 1)],
  ])('have a name: %s is refused', async (_what, name) => {
    expect(said(await addStaff(house.deps, { name, role: 'viewer', grants: [], ...by }))).toBe(
      'name.invalid',
    );
  });

  test('take a name as long as may be, in any alphabet', async () => {
    for (const letter of ['x', 'ж', '🦆'])
      expect((await house.add({ name: letter.repeat(MAX_NAME_LENGTH) })).name).toHaveLength(
        letter.length * MAX_NAME_LENGTH,
      );
  });

  test('have a name of their own among those who are here, whatever its letter case', async () => {
    const ada = await house.add({ name: 'Ada Lovelace' });
    for (const name of ['ada lovelace', 'ADA  LOVELACE', 'Ada Love\u200blace', 'Ａda Lovelace'])
      expect(said(await addStaff(house.deps, { name, role: 'viewer', grants: [], ...by }))).toBe(
        'staff.name_taken',
      );
    valueOf(await revokeStaff(house.deps, { staffId: ada.id, ...by }));
    expect((await house.add({ name: 'Ada Lovelace' })).id).toBeGreaterThan(ada.id);
  });

  test('are changed in role and rights, with what they were before in the trail', async () => {
    const { id: staffId } = await house.add({ role: 'viewer', grants: ['audit'] });
    expect(valueOf(await changeStaff(house.deps, { staffId, role: 'support', ...by }))).toMatchObject({
      role: 'support',
      rights: expect.arrayContaining(['resend', 'audit']),
    });
    expect(valueOf(await changeStaff(house.deps, { staffId, grants: [], ...by })).rights).not.toContain(
      'audit',
    );
    expect(await house.trail(staffId)).toMatchObject([
      { action: 'staff.added' },
      {
        action: 'staff.changed',
        refs: { role: 'support', grants: 'audit', formerRole: 'viewer', formerGrants: 'audit' },
      },
      {
        action: 'staff.changed',
        refs: { role: 'support', grants: '', formerRole: 'support', formerGrants: 'audit' },
      },
    ]);
  });

  test('have what they may do in a session follow a change at once', async () => {
    const { deps } = house;
    const { id: staffId } = await house.add({ role: 'viewer' });
    const secret = await beginSession(deps, { staffId });
    valueOf(await changeStaff(deps, { staffId, role: 'support', grants: ['reveal'], ...by }));
    expect(await findSessionMember(deps, { secret })).toMatchObject({ role: 'support', grants: 'reveal' });
  });

  test('are given a new token, and the old one and its sessions are dead', async () => {
    const { deps } = house;
    const ada = await house.add();
    const stranger = await house.add();
    const secret = await beginSession(deps, { staffId: ada.id });
    const elsewhere = await beginSession(deps, { staffId: stranger.id });
    const { token } = valueOf(await renewToken(deps, { staffId: ada.id, ...by }));
    expect(token).not.toBe(ada.token);
    expect(await findStaffByToken(deps, { token })).toMatchObject({ id: ada.id });
    expect(await findStaffByToken(deps, { token: ada.token })).toBeNull();
    expect(await findSessionMember(deps, { secret })).toBeNull();
    expect(await findSessionMember(deps, { secret: elsewhere })).toMatchObject({ id: stranger.id });
    expect(await house.trail(ada.id)).toMatchObject([
      { action: 'staff.added' },
      { action: 'staff.renewed', refs: {} },
    ]);
    expect(JSON.stringify(await house.trail(ada.id))).not.toContain(hashToken(token));
  });

  test('are revoked for good: token and sessions are dead, and nothing brings them back', async () => {
    const { deps } = house;
    const { id: staffId, token } = await house.add();
    const secret = await beginSession(deps, { staffId });
    expect(valueOf(await revokeStaff(deps, { staffId, ...by }))).toEqual({
      staffId,
      revokedAt: '2026-11-22T20:06:00.000Z',
    });
    expect(await findStaffByToken(deps, { token })).toBeNull();
    expect(await findSessionMember(deps, { secret })).toBeNull();
    expect(await deps.store.findSession({ tokenHash: hashToken(secret), ...SESSION_LIMITS })).toBeNull();
    const more = [
      revokeStaff(deps, { staffId, ...by }),
      renewToken(deps, { staffId, ...by }),
      changeStaff(deps, { staffId, role: 'admin', ...by }),
    ];
    expect((await Promise.all(more)).map(said)).toEqual(Array(3).fill('staff.revoked'));
    expect(await house.trail(staffId)).toMatchObject([
      { action: 'staff.added' },
      { action: 'staff.revoked' },
    ]);
  });

  test('are told from ids that nobody has, and acts on them want a reason', async () => {
    const { deps } = house;
    const { id } = await house.add();
    for (const [staffId, reason, code] of [
      [2_000_000_000, 'x', 'member.unknown'],
      [id, ' ', 'reason.missing'],
    ] as const) {
      const act = { staffId, reason, actor: 'cli' };
      const answers = [
        await changeStaff(deps, { ...act, role: 'admin' }),
        await renewToken(deps, act),
        await revokeStaff(deps, act),
      ];
      expect(answers.map(said)).toEqual([code, code, code]);
    }
    const nameless = { name: newUuid(), role: 'viewer', grants: [], reason: '', actor: 'cli' } as const;
    expect(said(await addStaff(deps, nameless))).toBe('reason.missing');
    expect(await house.trail(id)).toHaveLength(1);
  });

  test('are listed with their rights and no hash, those who were revoked last', async () => {
    const gone = await house.add({ name: 'Gone' });
    const here = await house.add({ name: 'Here', grants: ['reveal'] });
    valueOf(await revokeStaff(house.deps, { staffId: gone.id, ...by }));
    valueOf(await renewToken(house.deps, { staffId: here.id, ...by }));
    const members = await listStaff(house.deps);
    const ids = members.map(({ staffId }) => staffId);
    expect(ids.indexOf(here.id)).toBeLessThan(ids.indexOf(gone.id));
    expect(members.at(-1)).toMatchObject({ name: 'Gone', revokedAt: '2026-11-22T20:06:00.000Z' });
    expect(members.find(({ staffId }) => staffId === here.id)).toEqual({
      ...{ staffId: here.id, name: 'Here', role: 'support', grants: ['reveal'] },
      rights: expect.arrayContaining(['read', 'reveal']),
      ...{ createdAt: '2026-11-22T20:06:00.000Z', lastUsedAt: null, revokedAt: null },
    });
    expect(members.filter(({ name }) => name === 'Here' || name === '')).toHaveLength(1);
  });

  test('change together with their line in the trail, or not at all', async () => {
    const { deps } = house;
    const { id: staffId, token } = await house.add();
    const before = await house.row(staffId);
    const broken = depsOn(withoutAudit(deps.store));
    const acts = [
      () => changeStaff(broken, { staffId, role: 'admin', ...by }),
      () => renewToken(broken, { staffId, ...by }),
      () => revokeStaff(broken, { staffId, ...by }),
      () => addStaff(broken, { name: 'Never', role: 'viewer', grants: [], ...by }),
    ];
    for (const act of acts) await expect(act()).rejects.toThrow('no trail');
    expect(await house.row(staffId)).toEqual(before);
    expect(await findStaffByToken(deps, { token })).toMatchObject({ id: staffId });
    expect((await listStaff(deps)).map(({ name }) => name)).not.toContain('Never');
  });

  test('sign in and out together with their line in the trail, or not at all', async () => {
    const { id, token } = await house.add();
    const guesses = createGuesses(clock);
    const from = { token, ip: '192.0.2.1' };
    const sessions: string[] = [];
    const broken = { ...depsOn(withoutAudit(house.deps.store, sessions)), guesses };
    await expect(exchangeToken(broken, from)).rejects.toThrow('no trail');
    for (const tokenHash of sessions)
      expect(await house.deps.store.findSession({ tokenHash, ...SESSION_LIMITS })).toBeNull();
    expect(sessions).toHaveLength(1);
    const { secret } = valueOf(await exchangeToken({ ...house.deps, guesses }, from));
    await expect(signOut(broken, { secret })).rejects.toThrow('no trail');
    expect(await findSessionMember(house.deps, { secret })).toMatchObject({ id });
    await signOut({ ...house.deps, guesses }, { secret });
    const line = { actor: `staff:${id}`, reason: expect.stringMatching(/./) };
    expect(await house.trail(id)).toMatchObject([
      { action: 'staff.added' },
      { ...line, action: 'staff.signed_in' },
      { ...line, action: 'staff.signed_out' },
    ]);
  });

  test('keep every promise that verify counts', async () => {
    expect(await house.world.broken()).toEqual([]);
  });
});

/** Writes no line of the trail; tells which sessions were begun all the same. */
function withoutAudit(store: Store, begun: string[] = []): Store {
  const insertAudit = () => Promise.reject(new Error('no trail'));
  const watched = (tx: Verbs): Verbs => ({
    ...{ ...tx, insertAudit },
    async insertSession(row) {
      begun.push(row.tokenHash);
      await tx.insertSession(row);
    },
  });
  return { ...store, transaction: (work) => store.transaction((tx) => work(watched(tx))) };
}

describe.each(engines())('the configured token on %s', (engine) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(engine);
    await house.add({ name: 'Root', role: 'admin' });
  });
  afterAll(() => house.world.close());

  /** A start with a token that is configured for the first time. */
  async function started() {
    const config = { staffToken: `kb_staff_${newUuid()}` };
    expect(await bootstrapStaff(house.deps, config)).toEqual({ opens: true });
    const owner = await findStaffByToken(house.deps, { token: config.staffToken });
    if (!owner) throw new Error('nobody has this token');
    return { config, staffId: owner.id };
  }

  test('stays revoked, however often the server starts with it', async () => {
    const { config, staffId } = await started();
    expect(await bootstrapStaff(house.deps, config)).toEqual({ opens: true });
    valueOf(await revokeStaff(house.deps, { staffId, ...by }));
    for (let start = 0; start < 2; start += 1)
      expect(await bootstrapStaff(house.deps, config)).toEqual({ opens: false });
    expect(await findStaffByToken(house.deps, { token: config.staffToken })).toBeNull();
  });

  test('does not come back as an admin after it was renewed', async () => {
    const { config, staffId } = await started();
    const before = await listStaff(house.deps);
    const { token } = valueOf(await renewToken(house.deps, { staffId, ...by }));
    expect(await bootstrapStaff(house.deps, config)).toEqual({ opens: false });
    expect(await findStaffByToken(house.deps, { token: config.staffToken })).toBeNull();
    expect(await bootstrapStaff(house.deps, { staffToken: token })).toEqual({ opens: true });
    expect((await listStaff(house.deps)).length).toBe(before.length);
  });

  test('uses up no id when its owner is there already', async () => {
    const { config } = await started();
    const before = await house.add();
    for (let start = 0; start < 5; start += 1) await bootstrapStaff(house.deps, config);
    expect((await house.add()).id).toBe(before.id + 1);
  });
});

describe.each(engines())('two who change staff at once, on %s', (engine) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(engine);
  });
  afterAll(() => house.world.close());

  const ROUNDS = 10;
  /** The two admins of a round, and nobody else who is one. */
  async function twoAdmins(): Promise<[number, number]> {
    const two = [await house.add({ role: 'admin' }), await house.add({ role: 'admin' })] as const;
    for (const { staffId, role, revokedAt } of await listStaff(house.deps)) {
      if (role === 'admin' && revokedAt === null && two.every(({ id }) => id !== staffId))
        valueOf(await revokeStaff(house.deps, { staffId, ...by }));
    }
    return [two[0].id, two[1].id];
  }
  const admins = async () =>
    (await listStaff(house.deps)).filter(({ role, revokedAt }) => role === 'admin' && revokedAt === null);
  /** Each on a replica of their own; neither has locked anything before the other wants to. */
  async function both<T>(
    one: (deps: House['deps']) => Promise<T>,
    two: (deps: House['deps']) => Promise<T>,
  ): Promise<T[]> {
    house.gate(2);
    const answers = await Promise.all([one(house.deps), two(house.other)]);
    house.gate(1);
    return answers;
  }

  test('leave no session to a token that is renewed, or revoked, while somebody signs in with it', async () => {
    for (const act of [renewToken, revokeStaff]) {
      const { id, token } = await house.add();
      house.gate(2);
      const guesses = createGuesses(clock);
      const [ended, begun] = await Promise.all([
        act(house.deps, { staffId: id, ...by }),
        exchangeToken({ ...house.other, guesses }, { token, ip: '192.0.2.1' }),
      ]);
      house.gate(1);
      expect(said(ended)).toBe('done');
      const secret = begun.ok ? begun.value.secret : 'none was begun';
      expect(await findSessionMember(house.deps, { secret })).toBeNull();
      if (!begun.ok) expect(begun.fault.code).toBe('staff.unknown');
    }
  });

  test('never leave the house without an admin: the last one is neither revoked nor given another role', async () => {
    const [ada, grace] = await twoAdmins();
    valueOf(await revokeStaff(house.deps, { staffId: ada, ...by }));
    await house.add({ role: 'support', grants: ['staff'] });
    const { deps } = house;
    const acts = [
      await revokeStaff(deps, { staffId: grace, ...by }),
      await changeStaff(deps, { staffId: grace, role: 'support', grants: ['staff'], ...by }),
    ];
    expect(acts.map(said)).toEqual(['staff.last_admin', 'staff.last_admin']);
    expect(said(await changeStaff(deps, { staffId: grace, role: 'admin', ...by }))).toBe('done');
    expect(said(await renewToken(deps, { staffId: grace, ...by }))).toBe('done');
    expect(await admins()).toMatchObject([{ staffId: grace }]);
  });

  test('two admins who revoke each other: one stays', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ada, grace] = await twoAdmins();
      const answers = await both(
        (deps) => revokeStaff(deps, { staffId: grace, reason: 'x', actor: `staff:${ada}` }),
        (deps) => revokeStaff(deps, { staffId: ada, reason: 'x', actor: `staff:${grace}` }),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'staff.unknown']);
      expect(await admins()).toHaveLength(1);
    }
  });

  test('one is revoked while the other steps down: one stays', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ada, grace] = await twoAdmins();
      const answers = await both<Result<unknown>>(
        (deps) => changeStaff(deps, { staffId: ada, role: 'viewer', ...by }),
        (deps) => revokeStaff(deps, { staffId: grace, ...by }),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'staff.last_admin']);
      expect(await admins()).toHaveLength(1);
    }
  });

  test('one name is given to one of two who are added with it', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const person = { name: newUuid(), role: 'viewer', grants: [], ...by } as const;
      const answers = await both(
        (deps) => addStaff(deps, person),
        (deps) => addStaff(deps, { ...person, name: person.name.toUpperCase() }),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'staff.name_taken']);
    }
  });

  test('of two new tokens the later one opens, and the other never comes back', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: staffId, token: old } = await house.add();
      const renewed = await both(
        (deps) => renewToken(deps, { staffId, ...by }),
        (deps) => renewToken(deps, { staffId, ...by }),
      );
      const tokens = [old, ...renewed.map((answer) => valueOf(answer).token)];
      const owners = await Promise.all(tokens.map((token) => findStaffByToken(house.deps, { token })));
      expect(owners.filter((owner) => owner?.id === staffId)).toHaveLength(1);
      expect(owners[0]).toBeNull();
      expect(await house.trail(staffId)).toHaveLength(3);
    }
  });

  test('who is made an admin meanwhile gets no new token from somebody who is none', async () => {
    const lead = await house.add({ grants: ['staff'] });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: staffId } = await house.add();
      const [raised, renewed] = await both<Result<unknown>>(
        (deps) => changeStaff(deps, { staffId, role: 'admin', ...by }),
        (deps) => renewToken(deps, { staffId, reason: 'x', actor: `staff:${lead.id}` }),
      );
      expect(raised && said(raised)).toBe('done');
      expect(await house.trail(staffId)).toMatchObject(
        renewed?.ok
          ? [{ action: 'staff.added' }, { action: 'staff.renewed' }, { action: 'staff.changed' }]
          : [{ action: 'staff.added' }, { action: 'staff.changed' }],
      );
      if (renewed && !renewed.ok) expect(renewed.fault.code).toBe('staff.beyond_you');
    }
  });

  test('a session is ended by one of two who sign out of it', async () => {
    const { id, token } = await house.add();
    const guesses = createGuesses(clock);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { secret } = valueOf(await exchangeToken({ ...house.deps, guesses }, { token, ip: '192.0.2.1' }));
      await both(
        (deps) => signOut({ ...deps, guesses }, { secret }),
        (deps) => signOut({ ...deps, guesses }, { secret }),
      );
      expect(await findSessionMember(house.deps, { secret })).toBeNull();
    }
    expect(await house.trail(id)).toHaveLength(1 + 2 * ROUNDS);
  });

  test('one is revoked once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: staffId } = await house.add();
      const answers = await both(
        (deps) => revokeStaff(deps, { staffId, ...by }),
        (deps) => revokeStaff(deps, { staffId, ...by }),
      );
      expect(answers.map(said).sort()).toEqual(['done', 'staff.revoked']);
    }
    expect(await house.world.broken()).toEqual([]);
  });
});
