import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob, type Job } from '../server/jobs.ts';
import { silentLog, type Log } from '../server/log.ts';
import { engines } from './support/engines.ts';
import { openWorld, type World } from './support/world.ts';

const HOUR = 3_600_000;

describe.each(engines())('jobs on %s', (engine) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  const at = (text: string) => ({ now: () => new Date(text) });
  const counting = (name: string): Job & { ran: number } => ({
    name,
    pattern: '0 0 * * * *',
    everyMs: HOUR,
    ran: 0,
    async run() {
      this.ran += 1;
    },
  });

  it('of eight replicas one runs the job in each hour', async () => {
    const job = counting('hourly');
    const deps = { store: world.store, log: silentLog };
    for (const [hour, total] of [
      ['2026-11-23T10:00:01Z', 1],
      ['2026-11-23T11:00:01Z', 2],
    ] as const) {
      await Promise.all(Array.from({ length: 8 }, () => runJob({ ...deps, clock: at(hour) }, job)));
      expect(job.ran).toBe(total);
    }
  });

  it('a replica whose clock is behind does not run an hour again', async () => {
    const job = counting('behind');
    const deps = { store: world.store, log: silentLog };
    expect(await runJob({ ...deps, clock: at('2026-11-23T11:00:01Z') }, job)).toBe(true);
    expect(await runJob({ ...deps, clock: at('2026-11-23T10:59:59Z') }, job)).toBe(false);
    expect(job.ran).toBe(1);
  });

  it('a job that throws is logged by name, and nothing else stops', async () => {
    const logged: unknown[] = [];
    const log: Log = { ...silentLog, error: (event, fields) => logged.push({ event, ...fields }) };
    const job = { ...counting('broken'), run: () => Promise.reject(new Error('oh')) };
    await expect(runJob({ store: world.store, log, clock: at('2026-11-23T10:00:01Z') }, job)).resolves.toBe(
      false,
    );
    expect(logged).toMatchObject([{ event: 'job.fault', job: 'broken' }]);
  });
});
