import { Cron } from 'croner';
import { faultFields, type Log } from './log.ts';
import type { JobVerbs } from './store/store.ts';

export interface Job {
  name: string;
  /** Cron pattern, in UTC. */
  pattern: string;
  /** The length of one slot, by the database's clock: of all replicas, one runs the job per slot. */
  everyMs: number;
  run(): Promise<unknown>;
}

export interface JobsDeps {
  store: JobVerbs;
  log: Log;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The timetable; `digestHour` is in UTC, null for no digest. Slots are the database's: no job starts near their ends, or a clock that is a little off could miss one. */
export function timetable(
  work: {
    fillWaiting(): Promise<unknown>;
    releaseHolds(): Promise<unknown>;
    reconsiderUnmapped(): Promise<unknown>;
    tellAlerts(): Promise<unknown>;
    settleAlerts(): Promise<unknown>;
    checkStock(): Promise<unknown>;
    checkSilence(): Promise<unknown>;
    tidyUp(): Promise<unknown>;
    digest(): Promise<unknown>;
  },
  { digestHour }: { digestHour: number | null },
): Job[] {
  return [
    { name: 'release-holds', pattern: '5 * * * * *', everyMs: MINUTE_MS, run: work.releaseHolds },
    { name: 'fill-waiting', pattern: '15 * * * * *', everyMs: MINUTE_MS, run: work.fillWaiting },
    {
      name: 'reconsider-unmapped',
      pattern: '25 * * * * *',
      everyMs: MINUTE_MS,
      run: work.reconsiderUnmapped,
    },
    { name: 'tell-alerts', pattern: '35 * * * * *', everyMs: MINUTE_MS, run: work.tellAlerts },
    { name: 'settle-alerts', pattern: '45 * * * * *', everyMs: MINUTE_MS, run: work.settleAlerts },
    { name: 'check-stock', pattern: '45 0 * * * *', everyMs: HOUR_MS, run: work.checkStock },
    { name: 'check-silence', pattern: '55 0 * * * *', everyMs: HOUR_MS, run: work.checkSilence },
    { name: 'tidy-up', pattern: '25 30 * * * *', everyMs: HOUR_MS, run: work.tidyUp },
    ...(digestHour === null ? [] : [dailyDigest(digestHour, work.digest)]),
  ];
}

function dailyDigest(hour: number, run: () => Promise<unknown>): Job {
  return { name: 'daily-digest', pattern: `5 5 ${hour} * * *`, everyMs: DAY_MS, run };
}

/** Runs a job if no other replica has run it in this slot. Answers whether it ran; a fault is logged, never thrown. */
export async function runJob(deps: JobsDeps, job: Job): Promise<boolean> {
  try {
    if (!(await deps.store.takeJobSlot({ name: job.name, everyMs: job.everyMs }))) return false;
    deps.log.info('job.started', { job: job.name });
    await job.run();
    return true;
  } catch (error) {
    deps.log.error('job.fault', { job: job.name, ...faultFields(error) });
    return false;
  }
}

export function startJobs(deps: JobsDeps, jobs: Job[]): { stop(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  const crons = jobs.map(
    (job) =>
      new Cron(job.pattern, { timezone: 'UTC', protect: true, unref: true }, async () => {
        const run = runJob(deps, job);
        running.add(run);
        await run.finally(() => running.delete(run));
      }),
  );
  return {
    async stop() {
      for (const cron of crons) cron.stop();
      await Promise.all(running);
    },
  };
}
