import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerWay } from './docker.ts';
import { MAX_CONNECTIONS, Unavailable, versionFault, type Way } from './engine.ts';
import { AS_ROOT, runMysqld, type Mysqld } from './mysqld.ts';
import { findProgram, output } from './run.ts';
import { readSystem, throughOwnLoader, unpack } from './unpack.ts';

const onPath: Way = {
  name: 'mariadbd on the PATH',
  async start(options) {
    const program = await findProgram('mariadbd', 'mysqld');
    if (!program) throw new Unavailable('not found');
    const fault = versionFault('mariadb', (await output(program, ['--no-defaults', '--version'])) ?? 'none');
    if (fault) throw new Unavailable(`${program}: ${fault}`);
    const help = (await output(program, ['--no-defaults', '--verbose', '--help'])) ?? '';
    const share = /^lc-messages-dir +(\S+)/m.exec(help)?.[1];
    if (!share) throw new Unavailable(`${program} does not say where its SQL files are`);
    return runMysqld(describe([program], [], share), options);
  },
};

const inDocker = dockerWay({
  engine: 'mariadb',
  image: 'mariadb:11',
  port: 3306,
  passwordVariable: 'MARIADB_ROOT_PASSWORD',
  url: (password, port) => `mysql://root:${password}@127.0.0.1:${port}/mysql`,
  settings: (durable) => [
    ...[`--max-connections=${MAX_CONNECTIONS}`, '--innodb-buffer-pool-size=256M', '--skip-log-bin'],
    ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=2']),
  ],
});

const unpacked: Way = {
  name: 'mariadb-server-core, unpacked into .cache',
  async start(options) {
    if ((await readSystem()) === 'other') throw new Unavailable('not a Debian or Ubuntu system');
    const names = ['mariadb-server-core', 'mariadb-server-core-10.6'];
    const root = await unpack('mariadb', 'own', names, options.log);
    const share = join(root, 'usr/share/mysql');
    const folders = [
      ...[`--basedir=${join(root, 'usr')}`, `--lc-messages-dir=${share}`],
      ...[
        `--character-sets-dir=${join(share, 'charsets')}`,
        `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
      ],
    ];
    return runMysqld(describe(await throughOwnLoader(root, 'usr/sbin/mariadbd'), folders, share), options);
  },
};

export const MARIADB_WAYS: Way[] = [onPath, inDocker, unpacked];

function describe([program, ...loader]: [string, ...string[]], folders: string[], share: string): Mysqld {
  const command: [string, ...string[]] = [program, ...loader, '--no-defaults', ...folders];
  return { engine: 'mariadb', command, initialize: (dataDir) => bootstrap(command, share, dataDir) };
}

/** What mariadb-install-db does, less its chown of the machine's own plugin files and its passwordless accounts. */
async function bootstrap(
  [program, ...fixed]: [string, ...string[]],
  share: string,
  dataDir: string,
): Promise<void> {
  const sql = await Promise.all(
    ['system_tables', 'performance_tables', 'system_tables_data', 'sys_schema'].map((name) =>
      readSql(share, name),
    ),
  );
  await mkdir(dataDir);
  const args = [...fixed, ...AS_ROOT, '--bootstrap', `--datadir=${dataDir}`, '--log-warnings=0'];
  const limits = ['--max-allowed-packet=8M', '--net-buffer-length=16K'];
  const child = spawn(program, [...args, ...limits], { stdio: ['pipe', 'ignore', 'pipe'] });
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(
    [
      ...['CREATE DATABASE mysql;', 'USE mysql;', 'SET @auth_root_socket=NULL;', ...sql, 'USE mysql;'],
      `DELETE FROM global_priv WHERE Host <> 'localhost' OR User NOT IN ('root', 'mariadb.sys');`,
    ].join('\n'),
  );
  const [code]: unknown[] = await once(child, 'close');
  const text = Buffer.concat(complaints).toString().trim();
  if (code !== 0) throw new Error(`${program} could not make its system tables: ${text.slice(-600)}`);
}

/** MariaDB 11 renamed these files. */
async function readSql(share: string, name: string): Promise<string> {
  const file = (prefix: string) => readFile(join(share, `${prefix}_${name}.sql`), 'utf8');
  return file('mariadb').catch(() => file('mysql'));
}
