import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbedded, type EmbeddedServer } from '../../server/store/embedded.ts';
import { ask } from '../support/servers/ask.ts';
import { whenWeEnd } from '../support/servers/keeper.ts';

const isRoot = process.getuid?.() === 0;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function dataFolder(mode = 0o711): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keybank-embedded-'));
  await chmod(folder, mode);
  const stopServer = 'kill -QUIT "$(head -n 1 "$1/postgres/cluster/data/postmaster.pid")"';
  cleanups.push(whenWeEnd(`${stopServer}; rm -rf "$1"`, folder));
  return folder;
}

interface Opened extends EmbeddedServer {
  said: string[];
}

async function open(dataDir: string): Promise<Opened> {
  const said: string[] = [];
  const server = await openEmbedded({ dataDir, log: (message) => said.push(message), durable: false });
  cleanups.push(() => server.stop());
  return { ...server, said };
}

async function postmasterPid(server: EmbeddedServer): Promise<number> {
  const text = await readFile(join(server.folder, 'data', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

function isRunning(server: EmbeddedServer): Promise<boolean> {
  return ask('postgres', server.url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Another process that opens the same database and holds it until it is killed. */
async function holder(dataDir: string): Promise<{ process: ChildProcess; joined: boolean }> {
  const module = new URL('../../server/store/embedded.ts', import.meta.url).href;
  const script = `
    const { openEmbedded } = await import(${JSON.stringify(module)});
    const server = await openEmbedded({ dataDir: ${JSON.stringify(dataDir)}, log: () => {}, durable: false });
    console.log('joined=' + server.joined);
    setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(async () => child.kill('SIGKILL'));
  const [line]: unknown[] = await once(child.stdout, 'data');
  return { process: child, joined: String(line).includes('joined=true') };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the embedded PostgreSQL', () => {
  it('is made, started, stopped, and keeps what it was told and its port', async () => {
    const dataDir = await dataFolder();
    const first = await open(dataDir);
    expect(first.joined).toBe(false);
    expect(first.folder).toBe(join(dataDir, 'postgres', 'cluster'));
    expect(new URL(first.url).hostname).toBe('127.0.0.1');
    await ask('postgres', first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(await isRunning(first)).toBe(false);

    const second = await open(dataDir);
    expect(second.joined).toBe(false);
    expect(new URL(second.url).port).toBe(new URL(first.url).port);
    expect(await ask('postgres', second.url, 'SELECT answer FROM kept')).toBe('42');
  });

  it('sorts by bytes, folds every letter, and stores UTF-8', async () => {
    const { url } = await open(await dataFolder());
    expect(await ask('postgres', url, `SELECT 'a' < 'B'`)).toBe('false');
    expect(await ask('postgres', url, `SELECT lower('É')`)).toBe('é');
    expect(await ask('postgres', url, 'SHOW server_encoding')).toBe('UTF8');
  });

  it('keeps its password in a file of mode 0600, out of the process list, the server log and our own', async () => {
    const server = await open(await dataFolder());
    const file = join(server.folder, 'password');
    const password = await readFile(file, 'utf8');
    expect(server.url).toContain(password);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(server.folder, 'server.log'), 'utf8')).not.toContain(password);
    expect(server.said.join('\n')).not.toContain(password);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(password);
    await expect(ask('postgres', server.url.replace(password, 'guess'), 'SELECT 1')).rejects.toThrow(
      /password/,
    );
  });

  it('writes no value into its log: it may be a license key', async () => {
    const server = await open(await dataFolder());
    await ask('postgres', server.url, 'CREATE TABLE keys (license_key text UNIQUE)');
    await ask('postgres', server.url, `INSERT INTO keys VALUES ('SECRET-KEY')`);
    await expect(ask('postgres', server.url, `INSERT INTO keys VALUES ('SECRET-KEY')`)).rejects.toThrow();
    await expect(ask('postgres', server.url, `SELECT 'SECRET-KEY'::int`)).rejects.toThrow();
    expect(await readFile(join(server.folder, 'server.log'), 'utf8')).not.toContain('SECRET-KEY');
  });

  it('is shared: the last to leave turns off the light', async () => {
    const dataDir = await dataFolder();
    const first = await open(dataDir);
    const second = await open(dataDir);
    expect(second.joined).toBe(true);
    expect(second.url).toBe(first.url);
    await first.stop();
    expect(await isRunning(second)).toBe(true);
    await second.stop();
    expect(await isRunning(second)).toBe(false);
  });

  it('is left running for a connection that is not ours', async () => {
    const server = await open(await dataFolder());
    const stranger = new pg.Client({ connectionString: server.url });
    await stranger.connect();
    await server.stop();
    expect(await isRunning(server)).toBe(true);
    await stranger.end();
    // Nobody is left to stop it, so join once more.
    expect((await open(dirname(dirname(server.folder)))).joined).toBe(true);
  });

  it('is made once by processes that start at the same moment', async () => {
    const dataDir = await dataFolder();
    const opened = await Promise.all([open(dataDir), open(dataDir), open(dataDir)]);
    expect(new Set(opened.map(({ url }) => url)).size).toBe(1);
    for (const { url } of opened) expect(await ask('postgres', url, 'SELECT 1')).toBe('1');
  });

  it('outlives a process that was killed, and is joined by the next', async () => {
    const dataDir = await dataFolder();
    const victim = await holder(dataDir);
    expect(victim.joined).toBe(false);
    await kill(victim.process);
    const next = await open(dataDir);
    expect(next.joined).toBe(true);
    await next.stop();
    expect(await isRunning(next)).toBe(false);
  });

  it('is not stopped under another process that is quiet', async () => {
    const dataDir = await dataFolder();
    const quiet = await holder(dataDir);
    const visitor = await open(dataDir);
    expect(visitor.joined).toBe(true);
    await visitor.stop();
    expect(await isRunning(visitor)).toBe(true);
    await kill(quiet.process);
    await (await open(dataDir)).stop();
    expect(await isRunning(visitor)).toBe(false);
  });

  it('starts again after the server itself was killed', async () => {
    const dataDir = await dataFolder();
    const first = await open(dataDir);
    await ask('postgres', first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(await postmasterPid(first), 'SIGKILL');
    const second = await open(dataDir);
    expect(second.joined).toBe(false);
    expect(await ask('postgres', second.url, 'SELECT answer FROM kept')).toBe('42');
    expect(first.said.join()).toContain('closed its connections');
  });

  it('is not put off by a postmaster.pid whose number now belongs to another program', async () => {
    const dataDir = await dataFolder();
    const first = await open(dataDir);
    const file = join(first.folder, 'data', 'postmaster.pid');
    const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
    await first.stop();
    await writeFile(file, [String(process.pid), ...rest].join('\n'), { mode: 0o644 });
    expect((await open(dataDir)).joined).toBe(false);
  });

  it('does not write into the original from a copy of its folder', async () => {
    const dataDir = await dataFolder();
    const original = await open(dataDir);
    await ask('postgres', original.url, 'CHECKPOINT');
    const copyDir = await dataFolder();
    if (isRoot) execFileSync('cp', ['-a', join(dataDir, 'postgres'), copyDir]);
    else await cp(join(dataDir, 'postgres'), join(copyDir, 'postgres'), { recursive: true });
    const copy = await open(copyDir);
    expect(copy.joined).toBe(false);
    expect(copy.url).not.toBe(original.url);
  });

  it('never puts an empty database in the place of one that is out of reach', async () => {
    const dataDir = await dataFolder();
    await (await open(dataDir)).stop();
    await rm(join(dataDir, 'postgres', 'cluster'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'location.txt'), '/nowhere/cluster\n');
    await expect(open(dataDir)).rejects.toThrow('/nowhere/cluster');
  });
});

describe.skipIf(!isRoot)(
  'as root, which PostgreSQL refuses to be (skipped for ordinary users: they are never moved)',
  () => {
    it('runs under another account', async () => {
      const server = await open(await dataFolder());
      expect((await stat(join(server.folder, 'data'))).uid).not.toBe(0);
    });

    it('opens a private data folder to the account of the database, and to nobody else', async () => {
      const dataDir = await dataFolder(0o700);
      const server = await open(dataDir);
      expect(server.folder).toBe(join(dataDir, 'postgres', 'cluster'));
      expect((await stat(dataDir)).mode & 0o777).toBe(0o710);
    });

    it('keeps the database elsewhere when the account cannot come to the data folder', async () => {
      const dataDir = join(await dataFolder(0o700), 'project', 'data');
      const first = await open(dataDir);
      cleanups.splice(-1, 0, () => rm(dirname(first.folder), { recursive: true, force: true }));
      expect(first.folder).toMatch(/^\/var\/lib\/keybank\/[0-9a-f]{16}\/cluster$/);
      expect(first.said.join()).toContain(first.folder);
      expect(await readFile(join(dataDir, 'postgres', 'location.txt'), 'utf8')).toBe(`${first.folder}\n`);
      await ask('postgres', first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.stop();
      expect(await ask('postgres', (await open(dataDir)).url, 'SELECT answer FROM kept')).toBe('42');
    });
  },
);
