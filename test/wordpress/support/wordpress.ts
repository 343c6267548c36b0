import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { findPhp, type PhpVersion } from '../../support/php/find-php.ts';
import { whenWeEnd } from '../../support/servers/keeper.ts';
import { createDatabase } from '../../support/start-engine.ts';
import { multisiteConstants, writeConfig, writeConstants, type Constants } from './config.ts';
import { findWordPress, type WordPressVersion } from './find-wordpress.ts';
import { startCliServer, startFpmServer, type PhpServerOptions } from './php-server.ts';
import { quietPort } from './quiet-port.ts';
import { logIn, request, type Answer, type RequestOptions } from './request.ts';
import { runPhp } from './run-php.ts';
import { makeDue, SECOND_SITE } from './snippets.ts';
import { readOutcome, type Outcome } from './scenario.ts';

export interface WordPressOptions {
  php: PhpVersion;
  wordpress: WordPressVersion;
  /** An administrator's URL of MariaDB or MySQL; each WordPress gets a database of its own. */
  database: string;
  server: 'cli' | 'fpm';
  /** How many requests PHP serves at once. */
  workers?: number;
  /** Whose tables there are. */
  plugins?: ('amelia' | 'bookly')[];
  constants?: Constants;
  /** A network with the sites / and /two/. */
  multisite?: boolean;
  /** False: without the plugin under test, until `installKeyBank()`. */
  keyBank?: boolean;
  log?: (message: string) => void;
}

export interface WordPress {
  url: string;
  admin: { user: string; password: string };
  /** The tree that is served; `server.log` and the mails lie beside it. */
  folder: string;
  get(path: string, options?: RequestOptions): Promise<Answer>;
  /** An object goes as JSON, a string or URLSearchParams as a form. */
  post(path: string, body: unknown, options?: RequestOptions): Promise<Answer>;
  /** The cookie header of that user, for the options of `get` and `post`. */
  logIn(user?: string, password?: string): Promise<string>;
  /** What the booking plugins do, see stand-in/README.md: writes their rows and fires their hooks in one web request. */
  scenario(name: string, input?: Record<string, unknown>, options?: RequestOptions): Promise<Outcome>;
  /** `do_action( $action, ...$args )` in a web request. */
  fire(action: string, args?: unknown[], options?: RequestOptions): Promise<Outcome>;
  sql(query: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Runs PHP with WordPress loaded, on the command line, shutdown and all; answers what the snippet returns. */
  php(code: string, site?: string): Promise<unknown>;
  /** Runs the events that are due. With a hook, that one is made due first, whenever it was to run. */
  runCron(hook?: string, site?: string): Promise<void>;
  /** PHP-FPM: resolves when no worker runs a script any more. PHP's own server answers when it is done, so at once. */
  idle(): Promise<void>;
  /** What PHP complained of, less the deprecations in WordPress's own files. */
  debugLog(): Promise<string>;
  /** What was handed to sendmail. */
  mails(): Promise<string>;
  /** Adds to the constants of wp-config.php, from the next request on; null takes one away. */
  setConstants(constants: Constants): Promise<void>;
  /** Copies the plugin under test out of wp-plugin/ anew. */
  installKeyBank(): Promise<void>;
  removeKeyBank(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const HERE = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PLUGIN = HERE('../../../wp-plugin');
const STAND_IN = HERE('../stand-in');
const PAYLOADS = HERE('../../fixtures/payloads');

/** A WordPress with a database of its own, installed and answering. Its processes end with this process. */
export async function startWordPress(options: WordPressOptions): Promise<WordPress> {
  const log = options.log ?? ((message: string) => process.stderr.write(`[wordpress] ${message}\n`));
  const { plugins = ['amelia', 'bookly'], multisite = false, workers = 2 } = options;
  const [php, files] = await Promise.all([findPhp(options.php, log), findWordPress(options.wordpress, log)]);
  const [port, database] = await Promise.all([quietPort(), createDatabase('mariadb', options.database)]);
  const outer = await mkdtemp(join(tmpdir(), 'keybank-wp-'));
  const removed = whenWeEnd('rm -rf "$1"; sleep 0.1; rm -rf "$1"', outer);
  const folder = join(outer, 'root');
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}`;
  const debugFile = join(outer, 'debug.log');
  const mailFile = join(outer, 'mails');
  const admin = { user: 'admin', password: randomBytes(9).toString('hex') };
  let constants: Constants = { ...options.constants };
  const env = {
    PATH: process.env['PATH'] ?? '',
    TMPDIR: tmpdir(),
    KEYBANK_WP_ASSETS: files.assets ?? '',
    KEYBANK_WP_PAYLOADS: PAYLOADS,
  };
  const settings: Record<string, string> = {
    sendmail_path: `/bin/sh -c 'cat >>${mailFile}'`,
    memory_limit: '256M',
    log_errors: '1',
    display_errors: '0',
    'date.timezone': 'UTC',
  };
  const run = (script: string, args: string[], input = '') =>
    runPhp({ php, settings, env, script, args, input });
  const pool = mysql.createPool({ uri: database.url, connectionLimit: 4, dateStrings: true });

  const installKeyBank = async () => {
    await rm(join(folder, 'wp-content/mu-plugins/key-bank'), { recursive: true, force: true });
    await copy(PLUGIN, join(folder, 'wp-content/mu-plugins'));
  };
  const install = async () => {
    await copy(files.core, folder);
    await copy(STAND_IN, join(folder, 'wp-content/plugins/booking-stand-in'));
    await Promise.all([writeConfig(folder, database.url, url, debugFile), writeConstants(folder, {})]);
    const said = { ...admin, root: folder, host, plugins, multisite };
    await run(HERE('./install.php'), [JSON.stringify(said)]);
    if (multisite) constants = { ...multisiteConstants(host), ...constants };
    if (options.keyBank !== false) await installKeyBank();
    await writeConstants(folder, constants);
  };
  const serverOptions: PhpServerOptions = { php, folder: outer, root: folder, port, workers, env, settings };
  const start = () => (options.server === 'fpm' ? startFpmServer : startCliServer)(serverOptions);
  let server: Awaited<ReturnType<typeof start>> | undefined;
  const stop = async () => {
    await server?.stop();
    server = undefined;
    await pool.end();
    await database.drop();
    await removed();
  };
  const inWordPress = async (code: string, site: string, cron: boolean) => {
    const answer = join(outer, `answer-${randomBytes(6).toString('hex')}.json`);
    await run(HERE('./run.php'), [], JSON.stringify({ root: folder, host, site, code, cron, answer }));
    const text = cron ? 'null' : await readFile(answer, 'utf8');
    await rm(answer, { force: true });
    const value: unknown = JSON.parse(text);
    return value;
  };

  const wordpress: WordPress = {
    url,
    admin,
    folder,
    get: (path, given) => request(url, 'GET', path, undefined, given),
    post: (path, body, given) => request(url, 'POST', path, body, given),
    logIn: (user = admin.user, password = admin.password) => logIn(url, user, password),
    async scenario(name, input = {}, { site = '/', ...given } = {}) {
      const path = `${site}wp-admin/admin-ajax.php?action=booking_stand_in&do=${encodeURIComponent(name)}`;
      return readOutcome(await request(url, 'POST', path, input, given));
    },
    fire: (action, args = [], given = {}) => wordpress.scenario('fire', { action, args }, given),
    async sql(query, values = []) {
      const [rows] = await pool.query<mysql.RowDataPacket[]>(query, values);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    php: (code, site = '/') => inWordPress(code, site, false),
    async runCron(hook, site = '/') {
      if (hook) await inWordPress(makeDue(hook), site, false);
      await inWordPress('', site, true);
    },
    idle: () => server?.front?.idle() ?? Promise.resolve(),
    debugLog: async () => withoutCore(await readFile(debugFile, 'utf8').catch(() => '')),
    mails: () => readFile(mailFile, 'utf8').catch(() => ''),
    async setConstants(given) {
      constants = { ...constants, ...given };
      await writeConstants(folder, constants);
    },
    installKeyBank,
    async removeKeyBank() {
      await rm(join(folder, 'wp-content/mu-plugins'), { recursive: true, force: true });
    },
    async restart() {
      await server?.stop();
      server = await start();
    },
    stop,
  };
  try {
    await install();
    server = await start();
    if (multisite)
      await wordpress.php(SECOND_SITE.replace('PLUGINS', JSON.stringify(JSON.stringify(plugins))));
    await writeFile(debugFile, '');
    return wordpress;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An older WordPress on a newer PHP uses what is deprecated there, and says so hundreds of times. */
function withoutCore(text: string): string {
  return text.replace(/^.*PHP Deprecated: .* in \S+\/wp-(?:includes|admin)\/\S+ on line \d+\n/gm, '');
}

/** Keeps the times of the files, so that opcache takes them for old. Node's own copying takes 1.9 s for WordPress, this 0.05. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await promisify(execFile)('cp', ['-RLp', `${from}/.`, to]);
}
