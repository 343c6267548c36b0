import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob, timetable, type Job } from '../server/jobs.ts';
import { silentLog, type Log } from '../server/log.ts';
import { engines } from './support/engines.ts';
import { openWorld, type World } from './support/world.ts';

/** 31 years: the database's clock will not leave this slot while the tests run. Half of it is a later slot's number. */
const AGE = 1_000_000_000_000;

describe.each(engines())('jobs on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  const counting = (name: string): Job & { ran: number } => ({
    name,
    pattern: '45 0 * * * *',
    everyMs: AGE,
    ran: 0,
    async run() {
      this.ran += 1;
    },
  });

  it('of eight replicas one runs the job in each slot', async () => {
    const job = counting('hourly');
    const deps = { store: world.store, log: silentLog };
    for (const total of [1, 2]) {
      await Promise.all(Array.from({ length: 8 }, () => runJob(deps, job)));
      expect(job.ran).toBe(total);
      job.everyMs /= 2;
    }
  });

  it('a replica that is in a slot of the past does not run it again', async () => {
    const job = counting('behind');
    const deps = { store: world.store, log: silentLog };
    expect(await runJob(deps, { ...job, everyMs: AGE / 2 })).toBe(true);
    expect(await runJob(deps, { ...job, everyMs: AGE })).toBe(false);
  });

  it('a job that throws is logged by name, and nothing else stops', async () => {
    const logged: unknown[] = [];
    const log: Log = { ...silentLog, error: (event, fields) => logged.push({ event, ...fields }) };
    const job = { ...counting('broken'), run: () => Promise.reject(new Error('oh')) };
    await expect(runJob({ store: world.store, log }, job)).resolves.toBe(false);
    expect(logged).toMatchObject([{ event: 'job.fault', job: 'broken' }]);
  });
});

describe('the timetable', () => {
  const none = async () => {};
  const work = {
    fillWaiting: none,
    releaseHolds: none,
    reconsiderUnmapped: none,
    tellAlerts: none,
    settleAlerts: none,
    checkStock: none,
    checkSilence: none,
    tidyUp: none,
    digest: none,
  };

  it('starts no job near the end of its slot, where two clocks may not agree on the slot', () => {
    for (const { pattern } of timetable(work, { digestHour: 0 })) {
      const second = Number(pattern.split(' ')[0]);
      expect(second).toBeGreaterThanOrEqual(5);
      expect(second).toBeLessThanOrEqual(55);
    }
  });

  it('has a daily digest at the hour it was given, or none', () => {
    const digest = (digestHour: number | null) =>
      timetable(work, { digestHour }).find(({ name }) => name === 'daily-digest');
    expect(digest(17)).toMatchObject({ pattern: '5 5 17 * * *', everyMs: 24 * 60 * 60_000 });
    expect(digest(null)).toBeUndefined();
  });
});
