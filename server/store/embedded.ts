import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries, tryBinaries, type Binaries } from './embedded/binaries.ts';
import { logTail, makeCluster, startCluster, stopCluster } from './embedded/cluster.ts';
import { findPlace, type Place } from './embedded/place.ts';
import { forget, judge, readPostmaster } from './embedded/postmaster.ts';
import { joinServer, type Presence } from './embedded/presence.ts';

export interface EmbeddedServer {
  /** `postgres://…` on 127.0.0.1, with its password: not for a log. */
  url: string;
  /** Where the database is, usually `<dataDir>/postgres/cluster`. */
  folder: string;
  /** True when the server was running already. */
  joined: boolean;
  /** Stops the server if nobody else uses it. Close your own connections first. */
  stop(): Promise<void>;
}

interface EmbeddedOptions {
  dataDir: string;
  log: (message: string) => void;
  /** False only where the data may be lost with the power, as in tests. */
  durable?: boolean;
  maxConnections?: number;
  /** A folder with `initdb`, `pg_ctl` and `postgres` to use instead of the npm package's. */
  binaries?: string;
}

const ATTEMPTS = 5;
const WAIT_MS = 100;
/** A server that was killed may have to repeat a long stretch of its journal before it answers. */
const PATIENCE_MS = 120_000;

/** Joins the PostgreSQL server of this data folder, or starts it, or makes it. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDir, log, durable = true, maxConnections = 100 } = options;
  const tuning = { durable, maxConnections };
  const place = await findPlace(dataDir, log);
  const binaries = await chooseBinaries(options, place);
  if (!place.exists) {
    log(`making a new PostgreSQL database in ${place.folder}`);
    await makeCluster(place, binaries, tuning);
  }
  await place.leavePointer();
  await assertVersion(place, binaries);

  let reason: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // The processes of a server that was killed hold its shared memory for a moment longer.
    await sleep(attempt * 5 * WAIT_MS);
    const joined = await joinRunning(place, log);
    if (joined) return serve(place, binaries, joined, true);
    const started = await startCluster(place, binaries, tuning);
    const postmaster = started ? await readPostmaster(place.folder) : undefined;
    if (!postmaster) continue;
    try {
      return serve(place, binaries, await joinServer(place.folder, postmaster.port, log), false);
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`the PostgreSQL server in ${place.folder} does not start:\n${await logTail(place)}`, {
    cause: reason,
  });
}

function serve(place: Place, binaries: Binaries, presence: Presence, joined: boolean): EmbeddedServer {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    const last = await presence.leave();
    if (last) await stopCluster(place, binaries);
    await presence.close();
  };
  return { url: presence.url, folder: place.folder, joined, stop: () => (stopped ??= stop()) };
}

/** The presence in a server that runs, waiting for one that is coming up or going down; undefined when there is none. */
async function joinRunning(place: Place, log: (message: string) => void): Promise<Presence | undefined> {
  for (let waitedMs = 0; ; waitedMs += WAIT_MS) {
    const postmaster = await readPostmaster(place.folder);
    if (!postmaster) return undefined;
    const verdict = await judge(place.folder, postmaster, place.account);
    if (verdict === 'stranger') await forget(place.folder, postmaster);
    if (verdict !== 'alive') return undefined;
    try {
      return await joinServer(place.folder, postmaster.port, log);
    } catch (cause) {
      if (waitedMs >= PATIENCE_MS) {
        throw new Error(
          `the PostgreSQL server in ${place.folder} (process ${postmaster.pid}) does not answer`,
          { cause },
        );
      }
    }
    if (waitedMs === 20 * WAIT_MS) log('waiting for the embedded PostgreSQL to accept connections');
    await sleep(WAIT_MS);
  }
}

async function chooseBinaries(
  { binaries, log }: EmbeddedOptions,
  { account, copies }: Place,
): Promise<Binaries> {
  if (!binaries) return findBinaries({ account, copies, log });
  const found = await tryBinaries(binaries, account);
  if (typeof found === 'string')
    throw new Error(`the PostgreSQL programs in ${binaries} do not run: ${found}`);
  return found;
}

async function assertVersion(place: Place, { major }: Binaries): Promise<void> {
  const made = Number(await readFile(join(place.folder, 'data', 'PG_VERSION'), 'utf8'));
  if (made === major) return;
  throw new Error(
    `the database in ${place.folder} was made by PostgreSQL ${made}, and this keybank brings PostgreSQL ${major}; ` +
      'go back to the earlier keybank, dump the database with pg_dump, and restore it into a new data folder',
  );
}
