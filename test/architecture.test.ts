import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The walls of docs/ARCHITECTURE.md, read from the sources themselves. */
interface Source {
  path: string;
  text: string;
  lines: number;
  /** Packages and built-ins. */
  packages: string[];
  /** Files of ours, from the root. */
  files: string[];
  /** Files of ours of which more than types are imported. */
  values: string[];
}

const root = join(import.meta.dirname, '..');

function read(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('dist/'))
    .map((name) => join(folder, name))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const found = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gms)].map(
        (match) => ({
          typeOnly: match[1] !== undefined,
          from: match[2] ?? '',
        }),
      );
      const dynamic = [...text.matchAll(/import\('([^']+)'\)/g)].map((match) => ({
        typeOnly: false,
        from: match[1] ?? '',
      }));
      const all = [...found, ...dynamic];
      const place = (from: string) => relative(root, normalize(join(root, dirname(path), from)));
      return {
        path,
        text,
        lines: text.split('\n').length,
        packages: all.filter(({ from }) => !from.startsWith('.')).map(({ from }) => from),
        files: all.filter(({ from }) => from.startsWith('.')).map(({ from }) => place(from)),
        values: all
          .filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly)
          .map(({ from }) => place(from)),
      };
    });
}

const server = read('server');
const shared = read('shared');
const screens = read('console');
const offenders = (sources: Source[], guilty: (source: Source) => boolean) =>
  sources.filter(guilty).map((source) => source.path);
const imports = (name: string) => (source: Source) =>
  source.packages.some((from) => from === name || from.startsWith(`${name}/`));
const outside =
  (...folders: string[]) =>
  (source: Source) =>
    !folders.some((folder) => source.path.startsWith(folder));
const both =
  (...rules: ((source: Source) => boolean)[]) =>
  (source: Source) =>
    rules.every((rule) => rule(source));

describe('the walls', () => {
  it('are looked at in the real sources', () => {
    expect(server.length).toBeGreaterThan(100);
    expect(server.find((source) => source.path === 'server/app.ts')?.files).toContain('server/core.ts');
  });

  it.each([
    ['drizzle-orm', ['server/store/mysql/', 'server/store/postgres/']],
    ['mysql2', ['server/store/mysql/']],
    ['pg', ['server/store/postgres/', 'server/store/embedded']],
    ['nodemailer', ['server/mail/transport.ts']],
    ['croner', ['server/jobs.ts']],
    ['pino', ['server/log.ts']],
    ['prom-client', ['server/metrics.ts']],
    ['fastify', ['server/http.ts', 'server/http/', 'server/start.ts']],
    ['commander', ['server/cli/', 'server/main.ts']],
    ['uuidv7', ['server/ids.ts']],
  ])('%s is imported in its own room only', (name, rooms) => {
    expect(offenders(server, both(imports(name), outside(...rooms)))).toEqual([]);
    expect(server.some(imports(name))).toBe(true);
  });

  it('only store/open.ts imports the adapters', () => {
    const adapter = /^server\/store\/(mysql|postgres)\//;
    const reaches = (source: Source) =>
      !adapter.test(source.path) && source.files.some((file) => adapter.test(file));
    expect(offenders(server, reaches)).toEqual(['server/store/open.ts']);
  });

  it('the two adapters do not import each other', () => {
    const crosses = (source: Source) =>
      source.files.some(
        (file) =>
          (source.path.includes('/mysql/') && file.includes('/postgres/')) ||
          (source.path.includes('/postgres/') && file.includes('/mysql/')),
      );
    expect(offenders(server, crosses)).toEqual([]);
  });

  it.each([
    ['process.env', /process\.env/, ['server/main.ts']],
    ['the time', /new Date\(\)|Date\.now\(\)/, ['server/clock.ts', 'server/store/embedded']],
    ['TRPCError', /\bnew TRPCError\b/, ['server/rpc/as-trpc-error.ts']],
    ['the host’s name', /\bhostname\(/, ['server/host.ts']],
    ['timers', /\bset(Timeout|Interval)\(/, ['server/timers.ts', 'server/store/mysql/open.ts']],
  ])('%s is asked for in one place', (_name, pattern, places) => {
    expect(
      offenders(
        server,
        both((source) => pattern.test(source.text), outside(...places)),
      ),
    ).toEqual([]);
  });

  it('shared/ imports nothing of ours but shared/', () => {
    expect(offenders(shared, (source) => source.files.some((file) => !file.startsWith('shared/')))).toEqual(
      [],
    );
  });

  it('the console imports its own, shared/, and of the server the type of its procedures alone', () => {
    const router = 'server/rpc/router.ts';
    const reaches = (source: Source) =>
      source.files.some((file) => !/^(console|shared)\//.test(file) && file !== router) ||
      source.values.includes(router);
    expect(offenders(screens, reaches)).toEqual([]);
    expect(screens.some((source) => source.files.includes(router))).toBe(true);
  });

  it('the server does not import the console', () => {
    expect(offenders(server, (source) => source.files.some((file) => file.startsWith('console/')))).toEqual(
      [],
    );
  });

  it('no page of the console has a style or a script in its text', () => {
    const risky = /dangerouslySetInnerHTML|<style|<script|\beval\(/;
    expect(
      offenders(
        screens,
        both((source) => risky.test(source.text), outside('console/mails/frame')),
      ),
    ).toEqual([]);
  });

  it('the server imports neither tests nor benches', () => {
    expect(offenders(server, (source) => source.files.some((file) => /^(test|bench)\//.test(file)))).toEqual(
      [],
    );
  });

  const decisions = [
    'policy',
    'transition',
    'plan',
    'plan-cancel',
    'key-plan',
    'mailed',
    'open-notices',
    'share',
  ];
  it.each(decisions)('keys/%s.ts decides without any tool in its hands', (name) => {
    const source = server.find((one) => one.path === `server/keys/${name}.ts`);
    const pure = decisions.map((file) => `server/keys/${file}.ts`);
    expect(source?.packages).toEqual([]);
    expect(source?.values.filter((file) => !file.startsWith('shared/') && !pure.includes(file))).toEqual([]);
  });

  it.each(['drift/compare', 'stock/forecast', 'mail/fold-events', 'mail/backoff', 'mail/classify'])(
    '%s.ts decides without any tool in its hands',
    (name) => {
      const source = server.find((one) => one.path === `server/${name}.ts`);
      expect([source?.packages, source?.values]).toEqual([[], []]);
    },
  );

  it('mail/events/judge.ts decides without any tool in its hands', () => {
    const pure = [
      'mail/events/judge.ts',
      'mail/events/concern.ts',
      'mail/fold-events.ts',
      'mail/former-address.ts',
    ];
    for (const name of pure) {
      const source = server.find((one) => one.path === `server/${name}`);
      expect(source?.packages).toEqual([]);
      expect(source?.values.filter((file) => !pure.includes(file.replace('server/', '')))).toEqual([]);
    }
  });

  it('subjects do not reach up into the app, its routes or its procedures', () => {
    const top = [
      'server/app.ts',
      'server/http.ts',
      'server/jobs.ts',
      'server/start.ts',
      'server/serve.ts',
      'server/main.ts',
    ];
    const subjects =
      /^server\/(webhook|keys|orders|mail|stock|drift|alerts|audit|help|products|staff|store|health)\//;
    expect(
      offenders(
        server,
        (source) =>
          subjects.test(source.path) &&
          source.files.some((file) => top.includes(file) || file.startsWith('server/http/')),
      ),
    ).toEqual([]);
    expect(
      offenders(
        server,
        (source) => subjects.test(source.path) && source.files.some((file) => file.startsWith('server/rpc/')),
      ),
    ).toEqual([]);
  });

  it('no source needs scrolling: 250 lines at most, schemas and the row types excepted', () => {
    const long = [...server, ...shared, ...screens].filter(
      (source) => source.lines > 251 && !/(schema|store\/rows)\.ts$/.test(source.path),
    );
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('no file is called utils, helpers, common or index', () => {
    expect(
      offenders([...server, ...shared, ...screens], (source) =>
        /\/(utils|helpers|common|index)\.ts$/.test(source.path),
      ),
    ).toEqual([]);
  });
});
