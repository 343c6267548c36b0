import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { whenWeEnd } from '../support/servers/keeper.ts';

// npm is a program like others: told to end it ends, and gives the signal to its shell alone.
test.skipIf(process.platform === 'win32')(
  'a signal to `npm start` stops the service and its database, and not npm alone',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'keybank-npm-start-'));
    await chmod(dataDir, 0o711);
    const stopServer = 'kill -QUIT "$(head -n 1 "$1/postgres/cluster/data/postmaster.pid")"';
    const cleanUp = whenWeEnd(`${stopServer}; rm -rf "$1"`, dataDir);
    const npm = spawn('npm', ['start'], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: dataDir,
        npm_config_update_notifier: 'false',
        KEYBANK_DATA_DIR: dataDir,
        KEYBANK_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    npm.stderr.on('data', (data: Buffer) => (printed += data.toString()));
    // The pipe is closed when the last that holds it has ended: npm, its shell and node.
    const allEnded = once(npm.stdout, 'close');
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: npm.stdout }).on('line', (line) => {
        printed += `${line}\n`;
        if (line.includes('"event":"server.started"')) resolve();
      });
      npm.once('exit', () => reject(new Error(`npm has ended:\n${printed}`)));
    });
    const postmaster = join(dataDir, 'postgres', 'cluster', 'data', 'postmaster.pid');
    await access(postmaster);

    npm.kill('SIGTERM');
    await allEnded;
    expect(printed).toContain('"event":"server.stopped"');
    expect(printed).toContain(`embedded, in ${join(dataDir, 'postgres', 'cluster')}\n`);
    expect(printed).toMatch(/npx keybank wordpress +prints the lines for WordPress's wp-config\.php/);
    // PostgreSQL takes it away when it has stopped in order.
    await expect(access(postmaster)).rejects.toThrow('ENOENT');
    await cleanUp();
    await rm(dataDir, { recursive: true, force: true });
  },
);
