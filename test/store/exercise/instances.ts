import { expect, it, vi } from 'vitest';
import type { InstanceRow } from '../../../server/store/rows.ts';
import type { Exercise } from './exercise.ts';
import { expectWaiting } from './expect-waiting.ts';
import { openTransaction } from './open-transaction.ts';
import { anOrder, AT, storedOrders, the, unique, uuid } from './world.ts';

const HOUR = 3_600_000;

export function exerciseInstances({ verb, store, opened }: Exercise): void {
  const anInstance = (facts: Partial<InstanceRow> = {}): Omit<InstanceRow, 'seenAt'> => ({
    id: uuid(),
    host: unique('host'),
    version: '0.4.0',
    startedAt: AT,
    retries: 0,
    ...facts,
  });
  const started = async (facts: Partial<InstanceRow> = {}) => {
    const instance = anInstance(facts);
    await store().beat(instance);
    return instance;
  };
  const list = async (silentAfterMs = HOUR, ...of: { id: string }[]) => {
    const rows = await store().listInstances({ silentAfterMs });
    return rows.filter(({ id }) => of.some((instance) => instance.id === id));
  };
  const silenced = async (hours: number) => {
    const instance = await started();
    await opened().peek(
      `UPDATE instances SET seen_at = seen_at - INTERVAL '${hours}' HOUR WHERE id = '${instance.id}'`,
    );
    return instance;
  };

  verb('beat', () => {
    it("makes a process known, seen now by the database's clock", async () => {
      const instance = await started({ host: 'web-1 “😀”', retries: 3 });
      const [row] = await list(HOUR, instance);
      expect(row).toEqual({ ...instance, seenAt: expect.any(Date), isSilent: false });
      expect(Math.abs(the(row).seenAt.getTime() - Date.now())).toBeLessThan(HOUR / 6);
    });
    it('replaces what was said before, and ends a silence', async () => {
      const instance = await silenced(2);
      await store().beat({ ...instance, version: '0.4.1', retries: 5 });
      expect(await list(HOUR, instance)).toMatchObject([{ version: '0.4.1', retries: 5, isSilent: false }]);
    });
  });

  verb('listInstances', () => {
    it('gives processes in the order of their start, and says which are silent', async () => {
      const late = await started({ startedAt: new Date(AT.getTime() + 1) });
      const silent = await silenced(2);
      const rows = await list(HOUR, late, silent);
      expect(rows.map(({ id, isSilent }) => [id, isSilent])).toEqual([
        [silent.id, true],
        [late.id, false],
      ]);
      expect((await list(3 * HOUR, silent))[0]?.isSilent).toBe(false);
      expect((await list(0, late))[0]?.isSilent).toBe(true);
    });
  });

  verb('readLockCounts', () => {
    it('tells what this engine tells, and null for what it does not', async () => {
      const { waits, deadlocks, countedMs } = await store().readLockCounts();
      const { engine } = store();
      expect([waits !== null, deadlocks !== null]).toEqual(
        { mysql: [true, false], mariadb: [true, true], postgres: [false, true] }[engine],
      );
      for (const number of [waits, deadlocks, countedMs])
        if (number !== null) expect(number).toBeGreaterThanOrEqual(0);
      if (engine !== 'postgres') expect(countedMs).not.toBeNull();
    });
    it('counts one more when somebody has waited for a row, where waits are told', async () => {
      const order = the((await storedOrders(store(), [anOrder()]))[0]);
      const before = await store().readLockCounts();
      const first = await openTransaction(store(), (tx) => tx.lockOrders({ ids: [order.id] }));
      const second = store().transaction((tx) => tx.lockOrders({ ids: [order.id] }));
      await expectWaiting(second, store());
      // Whether its question has come to the row by now, only the engine knows: it counts as the wait begins.
      await vi.waitFor(async () => {
        const after = await store().readLockCounts();
        if (before.waits === null) expect(after.waits).toBeNull();
        else expect(after.waits).toBeGreaterThan(before.waits);
      }, 20_000);
      await first.commit();
      await second;
    });
  });

  verb('deleteInstance', () => {
    it('forgets one process', async () => {
      const [mine, other] = [await started(), await started()];
      await store().deleteInstance({ id: mine.id });
      await store().deleteInstance({ id: mine.id });
      expect((await list(HOUR, mine, other)).map(({ id }) => id)).toEqual([other.id]);
    });
  });

  verb('deleteInstances', () => {
    it('forgets processes that were not seen for so long, and no others', async () => {
      const [dead, silent, alive] = [await silenced(30), await silenced(2), await started()];
      await store().deleteInstances({ deadForMs: 24 * HOUR });
      const left = (await list(HOUR, dead, silent, alive)).map(({ id }) => id);
      expect(left.toSorted()).toEqual([silent.id, alive.id].toSorted());
    });
  });
}
