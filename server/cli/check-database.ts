import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { findExisting } from '../store/embedded/place.ts';
import { openEmbedded } from '../store/embedded.ts';
import { inspect, type Inspection } from '../store/inspect.ts';

interface DatabaseCheck {
  facts: [string, string][];
  unchecked: string[];
  /** A database was opened. */
  tried: boolean;
}

/** Opens the database and tries it, without leaving anything in it; one that is not made yet is not made. */
export async function checkDatabase({ databaseUrl, dataDir }: Config): Promise<DatabaseCheck> {
  if (databaseUrl !== null) return report(await inspect(databaseUrl), '');
  const folder = await findExisting(dataDir);
  if (folder === null) {
    const place = join(resolve(dataDir), 'postgres', 'cluster');
    const where = `embedded PostgreSQL; the first start makes it, in ${place}`;
    return {
      facts: [['Database', where]],
      unchecked: [
        'the database, which is not made yet (as root it may come to lie elsewhere; the start says where)',
      ],
      tried: false,
    };
  }
  const server = await openEmbedded({ dataDir, log: () => {} });
  try {
    const started = server.joined ? 'runs already' : 'was started for this check and is stopped again';
    return report(await inspect(server.url), `, embedded, in ${server.folder}; it ${started}`);
  } finally {
    await server.stop();
  }
}

function report({ version, missing, rightsTried }: Inspection, about: string): DatabaseCheck {
  const schema =
    missing.length === 0 ? 'up to date' : `the next start runs ${missing.join(', ')} (or: keybank migrate)`;
  const rights: [string, string][] = rightsTried
    ? [['Rights', 'read, insert, update, delete and lock: tried, and taken back']]
    : [];
  return {
    facts: [['Database', `${version}${about}`], ['Schema', schema], ...rights],
    unchecked: rightsTried ? [] : ['the rights to make tables, and to read and write them'],
    tried: true,
  };
}
