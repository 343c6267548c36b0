import { expect, it } from 'vitest';
import type { Exercise } from './exercise.ts';
import { expectStoreError } from './expect-store-error.ts';
import { the, unique } from './world.ts';

const HOUR = 3_600_000;
const FRESH = { idleMs: HOUR, absoluteMs: 12 * HOUR };

export function exerciseSessions({ verb, store, opened }: Exercise): void {
  const started = async (staffId = 7) => {
    const tokenHash = unique('session');
    await store().insertSession({ tokenHash, staffId });
    return tokenHash;
  };
  const find = (tokenHash: string, limits: Partial<typeof FRESH> = {}) =>
    store().findSession({ tokenHash, ...FRESH, ...limits });
  /** Moves one time of a session into the past, which no verb does. */
  const age = (tokenHash: string, column: 'created_at' | 'seen_at', hours: number) =>
    opened().peek(
      `UPDATE sessions SET ${column} = ${column} - INTERVAL '${hours}' HOUR WHERE token_hash = '${tokenHash}'`,
    );

  verb('insertSession', () => {
    it("begins now by the database's clock", async () => {
      const tokenHash = await started(7);
      const session = the(await find(tokenHash));
      expect(session).toEqual({
        tokenHash,
        staffId: 7,
        createdAt: expect.any(Date),
        seenAt: session.createdAt,
      });
      expect(Math.abs(session.createdAt.getTime() - Date.now())).toBeLessThan(HOUR / 6);
    });
    it('refuses a token twice, and does not repeat it', async () => {
      const tokenHash = await started();
      await expectStoreError(store().insertSession({ tokenHash, staffId: 8 }), 'store.duplicate', [
        tokenHash,
      ]);
      expect(await find(tokenHash)).toMatchObject({ staffId: 7 });
    });
  });

  verb('findSession', () => {
    it('gives null for an unknown token, and for one in another letter case', async () => {
      const tokenHash = await started();
      expect(await find(unique('session'))).toBeNull();
      expect(await find(tokenHash.toUpperCase())).toBeNull();
    });
    it('gives a session until it was not seen for so long', async () => {
      const tokenHash = await started();
      await age(tokenHash, 'seen_at', 2);
      expect(await find(tokenHash, { idleMs: 3 * HOUR })).not.toBeNull();
      expect(await find(tokenHash, { idleMs: HOUR })).toBeNull();
      expect(await find(await started(), { idleMs: 0 })).toBeNull();
    });
    it('gives a session until it is so old, however lately it was seen', async () => {
      const tokenHash = await started();
      await age(tokenHash, 'created_at', 11);
      expect(await find(tokenHash)).not.toBeNull();
      expect(await find(tokenHash, { absoluteMs: 10 * HOUR })).toBeNull();
      expect(await find(await started(), { absoluteMs: 0 })).toBeNull();
    });
  });

  verb('touchSession', () => {
    it('was seen now, is as old as before, and leaves the others', async () => {
      const [mine, other] = [await started(), await started()];
      for (const tokenHash of [mine, other]) await age(tokenHash, 'seen_at', 2);
      const long = { idleMs: 3 * HOUR };
      const before = the(await find(mine, long));
      await store().touchSession({ tokenHash: mine, unlessWithinMs: HOUR });
      const after = the(await find(mine));
      expect(after.createdAt).toEqual(before.createdAt);
      expect(after.seenAt.getTime() - before.seenAt.getTime()).toBeGreaterThanOrEqual(2 * HOUR);
      expect(await find(other)).toBeNull();
    });
    it('leaves one alone that was seen shortly before', async () => {
      const mine = await started();
      await age(mine, 'seen_at', 2);
      const before = the(await find(mine, { idleMs: 3 * HOUR }));
      await store().touchSession({ tokenHash: mine, unlessWithinMs: 3 * HOUR });
      expect(await find(mine, { idleMs: 3 * HOUR })).toEqual(before);
    });
    it('does nothing for an unknown token', async () => {
      await expect(
        store().touchSession({ tokenHash: unique('session'), unlessWithinMs: 0 }),
      ).resolves.toBeUndefined();
    });
  });

  verb('deleteSession', () => {
    it('ends one session', async () => {
      const [mine, other] = [await started(), await started()];
      await store().deleteSession({ tokenHash: mine });
      await store().deleteSession({ tokenHash: mine });
      expect(await find(mine)).toBeNull();
      expect(await find(other)).not.toBeNull();
    });
  });

  verb('deleteSessionsOfStaff', () => {
    it('ends all sessions of a person, and of nobody else', async () => {
      const [one, two, other] = [await started(101), await started(101), await started(102)];
      await store().deleteSessionsOfStaff({ staffId: 101 });
      expect([await find(one), await find(two)]).toEqual([null, null]);
      expect(await find(other)).not.toBeNull();
    });
  });

  verb('deleteDeadSessions', () => {
    it('drops what findSession would not give any more', async () => {
      const [idle, old, alive] = [await started(), await started(), await started()];
      await age(idle, 'seen_at', 2);
      await age(old, 'created_at', 13);
      await store().deleteDeadSessions(FRESH);
      const forEver = { idleMs: 1000 * HOUR, absoluteMs: 1000 * HOUR };
      expect([await find(idle, forEver), await find(old, forEver)]).toEqual([null, null]);
      expect(await find(alive)).not.toBeNull();
    });
  });
}
