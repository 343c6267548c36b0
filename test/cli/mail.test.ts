import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'htmlparser2';
import { simpleParser } from 'mailparser';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openInBrowser } from '../../server/cli/mail-preview.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { runCommand } from '../support/command.ts';
import { engines } from '../support/engines.ts';
import { deadPort, openSmtpSink } from '../support/smtp-sink.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { booking, openWorld, type World } from '../support/world.ts';

const keybank = (config: Config, ...line: string[]) => runCommand(config, ['mail', ...line]);

/** Nothing listens at this database: a command that opened it would fail. */
async function withoutDatabase(env: Record<string, string> = {}): Promise<Config> {
  const port = await deadPort();
  return parseConfig({
    DATABASE_URL: `postgres://nobody:x@127.0.0.1:${port}/none`,
    KEYBANK_DATA_DIR: await tempFolder('mail'),
    KEYBANK_PUBLIC_URL: 'https://keys.example.com',
    KEYBANK_MAIL: 'mailbox',
    ...env,
  });
}

const smtp = (url: string) =>
  withoutDatabase({
    KEYBANK_MAIL: url,
    KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
    KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
  });

describe('mail preview', () => {
  /** What a browser would fetch by itself, and what runs. */
  function loads(html: string): { fetched: string[]; tags: Set<string> } {
    const fetched: string[] = [];
    const tags = new Set<string>();
    const parser = new Parser({
      onopentag(name, attributes) {
        tags.add(name);
        if (attributes.src !== undefined) fetched.push(attributes.src);
        if (name === 'link') fetched.push(attributes.href ?? '');
      },
    });
    parser.end(html);
    for (const match of html.matchAll(/url\(([^)]*)|@import\s+(\S+)/g))
      fetched.push(match[1] ?? match[2] ?? '');
    return { fetched, tags };
  }

  async function gallery(): Promise<{ folder: string; files: Map<string, string> }> {
    const folder = join(await tempFolder('gallery'), 'new', 'folder');
    const { status, failed } = await keybank(await withoutDatabase(), 'preview', '--out', folder);
    expect([status, failed]).toEqual([0, '']);
    const names = await readdir(folder);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return { folder, files: new Map(names.map((name, at) => [name, texts[at] ?? ''])) };
  }

  test('shows every template that has a sample, and every sample', async () => {
    const { files } = await gallery();
    const templates = new URL('../../templates/', import.meta.url);
    const names = (await readdir(templates)).filter((name) => name.endsWith('.sample.json'));
    expect(names.length).toBeGreaterThanOrEqual(8);
    for (const name of names) {
      const template = name.replace('.sample.json', '');
      const samples: unknown = JSON.parse(await readFile(new URL(name, templates), 'utf8'));
      const count = Array.isArray(samples) ? samples.length : 0;
      expect(count).toBeGreaterThan(0);
      for (let at = 1; at <= count; at++) {
        for (const part of ['', '.light', '.dark'])
          expect([...files.keys()]).toContain(`${template}-${at}${part}.html`);
        expect(files.get('index.html')).toContain(`href="${template}-${at}.html"`);
      }
    }
  });

  test('loads nothing from outside, runs nothing, and leaves no image behind', async () => {
    const { files } = await gallery();
    for (const [name, html] of files) {
      const { fetched, tags } = loads(html);
      expect(fetched.filter((from) => !from.startsWith('data:') && !files.has(from))).toEqual([]);
      expect([name, tags.has('script'), html.includes('cid:')]).toEqual([name, false, false]);
    }
  });

  test('the dark look of a mail differs from the light one in its color scheme alone', async () => {
    const { files } = await gallery();
    for (const [name, light] of files) {
      if (!name.endsWith('.light.html')) continue;
      const dark = files.get(name.replace('.light.', '.dark.'));
      expect(light).toContain('color-scheme:light;');
      expect(dark).toBe(light.replace('color-scheme:light;', 'color-scheme:dark;'));
    }
  });

  test('a mail’s page has its subject, its size, its text and four views for the keyboard', async () => {
    const { files } = await gallery();
    const page = files.get('key-1.html') ?? '';
    expect(page).toMatch(/<h1><span>Subject<\/span> [^<]+<\/h1>/);
    expect(page).toMatch(/\d+\.\d KB of HTML/);
    expect(page.match(/<input type="radio"/g)).toHaveLength(4);
    expect(page).toContain('width="375"');
    expect(page).toMatch(/<pre[^>]*>[^<]*SAMPLE-/);
  });

  test('writes into a new folder that only its owner may read, and prints the address', async () => {
    const { printed } = await keybank(await withoutDatabase(), 'preview');
    const address = /file:\/\/\S+$/.exec(printed)?.[0] ?? '';
    const index = fileURLToPath(address);
    const folder = join(index, '..');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(printed).toMatch(/^\d+ mails with \d+ samples: file:/);
    await rm(folder, { recursive: true });
  });

  test('a folder with other files is refused; a gallery of before is renewed, and what is not its own stays', async () => {
    const { folder } = await gallery();
    await writeFile(join(folder, 'gone-7.dark.html'), 'of a sample that is no more');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const config = await withoutDatabase();
    expect((await keybank(config, 'preview', '--out', folder)).status).toBe(0);
    expect(await readdir(folder)).toContain('notes.txt');
    expect(await readdir(folder)).not.toContain('gone-7.dark.html');
    const other = await tempFolder('other');
    await writeFile(join(other, 'index.html'), '<h1>my site</h1>');
    expect(await keybank(config, 'preview', '--out', other)).toEqual({
      status: 2,
      printed: '',
      failed: `${other} holds other files. Name an empty folder, or one that does not exist yet.`,
    });
    expect(await readdir(other)).toEqual(['index.html']);
  });
});

describe('the opener', () => {
  afterEach(() => vi.unstubAllEnvs());

  async function opener(script: string | null): Promise<string> {
    const bin = join(await tempFolder('opener'), 'bin');
    await mkdir(bin);
    if (script !== null) await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\n${script}\n`);
    if (script !== null) await chmod(join(bin, 'xdg-open'), 0o755);
    vi.stubEnv('PATH', bin);
    return bin;
  }

  test('is given the page as one file: address', async () => {
    const bin = await opener('echo "$#:$1" > "${0%/*}/asked"');
    expect(await openInBrowser('/tmp/a b&c/index.html', 'linux')).toBe(true);
    expect(await readFile(join(bin, 'asked'), 'utf8')).toBe('1:file:///tmp/a%20b&c/index.html\n');
  });

  test('that fails, or is not there, is told and no error', async () => {
    await opener('exit 3');
    expect(await openInBrowser('/x.html', 'linux')).toBe(false);
    await opener(null);
    expect(await openInBrowser('/x.html', 'linux')).toBe(false);
  });
});

describe('mail send-test', () => {
  test('puts the sample into the local mailbox, says where, and marks it as a test', async () => {
    const config = await withoutDatabase();
    const { status, printed } = await keybank(config, 'send-test', 'ada@example.com');
    expect(status).toBe(0);
    const file = /The mail is in (\S+\.eml)\. Nothing was sent/.exec(printed)?.[1] ?? '';
    const mail = await simpleParser(await readFile(file));
    expect(mail.subject).toMatch(/^Test: Your license key/);
    expect(mail.to).toMatchObject({ text: 'ada@example.com' });
    expect(mail.text).toContain('SAMPLE-');
    expect(mail.attachments.map((one) => one.contentType)).toContain('image/png');
  });

  test('sends through a real mail server, the mail that is named', async () => {
    const sink = await openSmtpSink();
    try {
      const config = await smtp(sink.url);
      const { status, printed } = await keybank(
        config,
        'send-test',
        'ada@example.com',
        '--template',
        'admin-digest',
      );
      expect(status).toBe(0);
      expect(printed).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+ took the mail for ada@example\.com\./);
      expect(sink.mails).toHaveLength(1);
      expect(sink.mails[0]?.subject).toMatch(/^Test: /);
      expect(sink.mails[0]?.headers.get('auto-submitted')).toBe('auto-generated');
    } finally {
      await sink.close();
    }
  });

  test.each([
    [
      'a refused login',
      { login: 535 },
      /^Not sent: the mail server refused the login \(535.*Look at KEYBANK_MAIL: user/,
    ],
    [
      'a refused mailbox',
      { recipient: 550 },
      /^Refused for good: .*Either there is no mailbox ada@example\.com, or /,
    ],
    ['a server that is busy', { message: 451 }, /^Not sent for now: .*Try again in some minutes/],
    [
      'a cut after the message',
      { cutAt: 'message' as const },
      /^The mail may have arrived: .*Look into the mailbox/,
    ],
  ])('%s is told with the way out, and ends with 1', async (_what, faults, told) => {
    const sink = await openSmtpSink(faults);
    try {
      const config = await smtp(`smtp://shop:secret-word@127.0.0.1:${sink.port}`);
      const { status, printed } = await keybank(config, 'send-test', 'ada@example.com');
      expect(printed).toMatch(told);
      expect(printed).not.toContain('secret-word');
      expect(status).toBe(1);
    } finally {
      await sink.close();
    }
  });

  test.each(['nobody', 'a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example', ''])(
    'the address %j is refused before anything is sent',
    async (address) => {
      const config = await withoutDatabase();
      const { status, failed } = await keybank(config, 'send-test', address);
      expect([status, failed]).toEqual([1, expect.stringContaining('not one that mail can be sent to')]);
      expect(await readdir(config.dataDir)).toEqual([]);
    },
  );

  test('an unknown mail is wrong usage, and the nearest is named', async () => {
    const { status, failed } = await keybank(
      await withoutDatabase(),
      'send-test',
      'a@b.example',
      '--template',
      'key-replacd',
    );
    expect(status).toBe(2);
    expect(failed).toMatch(/^There is no mail "key-replacd"\. Did you mean key-replaced\? There are: key, /);
  });
});

describe.each(engines())('suppressed addresses on %s', (engine) => {
  let world: World;
  let config: Config;

  beforeAll(async () => {
    world = await openWorld(engine);
    config = parseConfig({
      DATABASE_URL: world.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: await tempFolder('suppressed'),
    });
    await world.map('1', 'COURSE-A');
    await world.stock('COURSE-A', 5);
  });
  afterAll(() => world.close());

  test('are listed with their reason, lifted with one, and the order’s history tells it without the address', async () => {
    expect(await keybank(config, 'suppressed')).toMatchObject({
      status: 0,
      printed: 'No address is suppressed: mail goes to everybody.',
    });
    await world.send(booking({ externalId: '13' }));
    const [mail] = await world.mailsOf('13');
    await world.store.saveSuppression({
      address: 'buyer-13@example.test',
      reason: 'bounced',
      provider: 'postmark',
      messageId: mail?.id ?? '',
      since: new Date('2026-11-23T06:05:00Z'),
      detail: '550 5.1.1, HardBounce',
    });
    expect((await keybank(config, 'suppressed')).printed).toBe(
      [
        'ADDRESS                REASON   SINCE (UTC)       PROVIDER  DETAIL',
        'buyer-13@example.test  bounced  2026-11-23 06:05  postmark  550 5.1.1, HardBounce',
      ].join('\n'),
    );
    const allowed = await keybank(
      config,
      'allow',
      ' Buyer-13@Example.test ',
      '--reason',
      'the mailbox was full',
    );
    expect(allowed).toMatchObject({
      status: 0,
      printed: expect.stringContaining('Mail goes to buyer-13@example.test again.'),
    });
    const order = await world.order('13');
    const trail = await world.store.findAudit({ subject: `order:${order?.id}` });
    expect(trail.at(-1)).toMatchObject({
      actor: 'cli',
      action: 'mail.allowed',
      reason: 'the mailbox was full',
      refs: { message: mail?.id },
    });
    expect(JSON.stringify(trail.at(-1))).not.toContain('example.test');
    expect(await keybank(config, 'allow', 'buyer-13@example.test', '--reason', 'x')).toMatchObject({
      status: 1,
      failed: expect.stringContaining('not on the list of suppressed addresses'),
    });
    expect(await world.broken()).toEqual([]);
  });

  test('mail status counts by state, of the last day and of all', async () => {
    const { printed } = await keybank(config, 'status');
    expect(printed.split('\n')).toEqual([
      expect.stringMatching(/^STATUS\s+LAST DAY\s+ALL\s+MEANS$/),
      expect.stringMatching(/^queued\s+1\s+1\s+to be sent$/),
    ]);
  });

  test('mail status tells what the mail server answered, and fails when the settings are wrong', async () => {
    const [mail] = await world.mailsOf('13');
    const answered = (lastCode: string, lastError: string) =>
      world.store.settleMessages({
        ...{ ids: [mail?.id ?? ''], isTry: true, status: 'queued', retryInMs: 0, acceptedAt: null },
        ...{ lastCode, lastError },
      });
    await answered('smtp_451', 'the mail server refused the recipient (451)');
    const busy = await keybank(config, 'status');
    expect(busy.status).toBe(0);
    expect(busy.printed).toContain(
      'Last answer to 1 of those to be sent: the mail server refused the recipient (451).',
    );
    await answered('smtp_535', 'the mail server refused the login (535)');
    const wrong = await keybank(config, 'status');
    expect(wrong.status).toBe(1);
    expect(wrong.printed).toContain(
      'Last answer to 1 of those to be sent: the mail server refused the login (535).',
    );
    expect(wrong.printed).toContain('The mail settings are wrong');
    expect(wrong.printed).not.toContain('example.test');
  });

  test('mail allow refuses what is no address', async () => {
    expect(await keybank(config, 'allow', 'foo', '--reason', 'x')).toMatchObject({
      status: 1,
      failed: expect.stringContaining('not one that mail can be sent to'),
    });
  });
});
