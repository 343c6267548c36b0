import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBeat, type Instance } from '../../server/health/beat.ts';
import { newUuid } from '../../server/ids.ts';
import { silentLog, type Log } from '../../server/log.ts';
import type { InstanceVerbs } from '../../server/store/staff-verbs.ts';
import type { Timers } from '../../server/timers.ts';
import { engines } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

const instance = (host: string): Instance => ({
  id: newUuid(),
  host,
  version: '0.0.1',
  startedAt: new Date('2026-11-23T08:00:00.000Z'),
});

/** Timers that ring when the test says so. */
function handTimers(): Timers & { ring(): void; waiting(): number } {
  const works = new Set<() => void>();
  return {
    after(_delayMs, work) {
      works.add(work);
      return () => void works.delete(work);
    },
    ring() {
      const due = [...works];
      works.clear();
      for (const work of due) work();
    },
    waiting: () => works.size,
  };
}

describe.each(engines())('the heartbeat on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  const heard = async () =>
    (await world.store.listInstances({ silentAfterMs: 60_000 })).map(({ host, retries, isSilent }) => ({
      host,
      retries,
      isSilent,
    }));

  test('of each serving process is seen by all, with what it counted, until it stops in order', async () => {
    const timers = handTimers();
    let retries = 0;
    const started = (host: string) =>
      startBeat({
        store: world.store,
        timers,
        log: silentLog,
        instance: instance(host),
        retries: () => retries,
      });
    const [one, two] = [started('one'), started('two')];
    await expect.poll(heard).toEqual([
      { host: 'one', retries: 0, isSilent: false },
      { host: 'two', retries: 0, isSilent: false },
    ]);
    await expect.poll(timers.waiting).toBe(2);
    retries = 3;
    timers.ring();
    await expect.poll(async () => (await heard()).map((row) => row.retries)).toEqual([3, 3]);
    await one.stop();
    expect((await heard()).map(({ host }) => host)).toEqual(['two']);
    await two.stop();
    expect(await heard()).toEqual([]);
    expect(timers.waiting()).toBe(0);
  });

  test('that fails is logged once per outage, and stops neither the beat nor the stop', async () => {
    const logged: string[] = [];
    const log: Log = { ...silentLog, warn: (event) => void logged.push(event) };
    const timers = handTimers();
    let isAway = true;
    const store: InstanceVerbs = {
      ...world.store,
      beat: (q) => (isAway ? Promise.reject(new Error('away')) : world.store.beat(q)),
      deleteInstance: (q) => (isAway ? Promise.reject(new Error('away')) : world.store.deleteInstance(q)),
    };
    const heart = startBeat({ store, timers, log, instance: instance('three'), retries: () => 0 });
    await expect.poll(timers.waiting).toBe(1);
    timers.ring();
    await expect.poll(timers.waiting).toBe(1);
    expect(logged).toEqual(['instance.fault']);
    isAway = false;
    timers.ring();
    await expect.poll(async () => (await heard()).length).toBe(1);
    await expect.poll(timers.waiting).toBe(1);
    isAway = true;
    await heart.stop();
    expect(logged).toEqual(['instance.fault', 'instance.fault']);
    expect(await heard()).toHaveLength(1);
  });
});
