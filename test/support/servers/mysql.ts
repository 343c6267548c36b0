import { join } from 'node:path';
import { MAX_CONNECTIONS, Unavailable, versionFault, type Way } from './engine.ts';
import { dockerWay } from './docker.ts';
import { AS_ROOT, runMysqld, type Mysqld } from './mysqld.ts';
import { findProgram, output, runLoudly } from './run.ts';
import { readSystem, throughOwnLoader, unpack } from './unpack.ts';

const onPath: Way = {
  name: 'mysqld on the PATH',
  async start(options) {
    const program = await findProgram('mysqld');
    if (!program) throw new Unavailable('not found');
    const fault = versionFault('mysql', (await output(program, ['--no-defaults', '--version'])) ?? 'none');
    if (fault) throw new Unavailable(`${program}: ${fault}`);
    return runMysqld(describe([program], []), options);
  },
};

const inDocker = dockerWay({
  engine: 'mysql',
  image: 'mysql:8.4',
  port: 3306,
  passwordVariable: 'MYSQL_ROOT_PASSWORD',
  url: (password, port) => `mysql://root:${password}@127.0.0.1:${port}/mysql`,
  settings: (durable) => [
    ...[`--max-connections=${MAX_CONNECTIONS}`, '--innodb-buffer-pool-size=256M', '--skip-log-bin'],
    ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=2', '--sync-binlog=0']),
  ],
});

const unpacked: Way = {
  name: 'mysql-server-core, unpacked into .cache',
  async start(options) {
    const system = await readSystem();
    if (system === 'other') throw new Unavailable('not a Debian or Ubuntu system');
    // Debian has no MySQL of its own outside unstable; Ubuntu has, under a versioned name.
    const suite = system === 'debian' ? 'sid' : 'own';
    const names = ['mysql-server-core', 'mysql-server-core-8.4', 'mysql-server-core-8.0'];
    const root = await unpack('mysql', suite, names, options.log);
    const share = join(root, 'usr/share/mysql');
    const folders = [`--lc-messages-dir=${share}`, `--character-sets-dir=${join(share, 'charsets')}`];
    return runMysqld(describe(await throughOwnLoader(root, 'usr/sbin/mysqld'), folders), options);
  },
};

export const MYSQL_WAYS: Way[] = [onPath, inDocker, unpacked];

function describe([program, ...loader]: [string, ...string[]], folders: string[]): Mysqld {
  const fixed = [...loader, '--no-defaults', ...folders];
  return {
    engine: 'mysql',
    command: [program, ...fixed],
    initialize: (dataDir) =>
      runLoudly(
        program,
        [...fixed, ...AS_ROOT, '--initialize-insecure', `--datadir=${dataDir}`],
        () => undefined,
      ),
  };
}
