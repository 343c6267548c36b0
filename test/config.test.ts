import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, type ConfigFault } from '../server/config-error.ts';
import { CONFIG_KEYS, parseConfig } from '../server/config.ts';

function faultsOf(env: Record<string, string | undefined>): ConfigFault[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const namesOf = (env: Record<string, string | undefined>) => faultsOf(env).map(({ name }) => name);

const keyOn = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve })
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64');

const REAL_MAIL = {
  KEYBANK_MAIL: 'smtp://mail.example.com',
  KEYBANK_MAIL_FROM: 'keys@example.com',
  KEYBANK_ADMIN_EMAIL: 'you@example.com',
};

describe('the settings', () => {
  test('an empty environment is a shop on one machine', () => {
    expect(parseConfig({})).toEqual({
      databaseUrl: null,
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      trustProxy: false,
      dataDir: './data',
      webhookTokens: [],
      signingSecret: null,
      acceptUnsigned: [],
      staffToken: null,
      adminEmail: 'admin@keybank.local',
      isAdminEmailSet: false,
      mail: { kind: 'mailbox' },
      mailFrom: 'Key Bank <keys@keybank.local>',
      mailRate: null,
      postmarkEvents: null,
      sendgridEvents: null,
      defaultSku: null,
      lowStock: 10,
      digestHour: 6,
      logLevel: 'info',
    });
  });

  test('each has a purpose, an example that is accepted, and its heading in docs/config.md, in this order', () => {
    const page = readFileSync(new URL('../docs/config.md', import.meta.url), 'utf8');
    const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(CONFIG_KEYS.map(({ name }) => name));
    for (const { name, purpose, example } of CONFIG_KEYS) {
      expect(purpose, name).toMatch(/\.$/);
      expect(page, name).toContain(`Example: \`${example}\``);
      expect(faultsOf({ ...REAL_MAIL, [name]: example }), name).toEqual([]);
    }
  });

  test('empty text counts as unset, and spaces around a value do not count', () => {
    expect(parseConfig({ DATABASE_URL: '', KEYBANK_MAIL: ' ', KEYBANK_PORT: ' 9000 ' }).port).toBe(9000);
  });

  test('the public address follows host and port, loses its last slash, and is one a browser can open', () => {
    expect(parseConfig({ KEYBANK_HOST: '0.0.0.0', KEYBANK_PORT: '9' }).publicUrl).toBe('http://localhost:9');
    expect(parseConfig({ KEYBANK_HOST: '::1' }).publicUrl).toBe('http://[::1]:8080');
    expect(parseConfig({ KEYBANK_PUBLIC_URL: 'https://keys.example.com/' }).publicUrl).toBe(
      'https://keys.example.com',
    );
  });

  test.each([
    ['mailbox', { kind: 'mailbox' }],
    ['smtp://u:p@mail.example.com:587', { kind: 'smtp', url: 'smtp://u:p@mail.example.com:587' }],
    ['postmark:abc-123', { kind: 'postmark', token: 'abc-123' }],
    ['sendgrid:SG.abc', { kind: 'sendgrid', key: 'SG.abc' }],
  ])('KEYBANK_MAIL=%s', (text, mail) => {
    expect(parseConfig({ ...REAL_MAIL, KEYBANK_MAIL: text }).mail).toEqual(mail);
  });

  test.each([
    ['true', true],
    ['off', false],
    ['2', 2],
    ['127.0.0.1, 10.0.0.0/8, loopback', ['127.0.0.1', '10.0.0.0/8', 'loopback']],
    ['fd00::/8', ['fd00::/8']],
  ])('KEYBANK_TRUST_PROXY=%s', (text, trusted) => {
    expect(parseConfig({ KEYBANK_TRUST_PROXY: text }).trustProxy).toEqual(trusted);
  });

  test.each([
    ['0', 0],
    ['23', 23],
    ['off', null],
    ['OFF', null],
  ])('KEYBANK_DIGEST_HOUR=%s', (text, hour) => {
    expect(parseConfig({ KEYBANK_DIGEST_HOUR: text }).digestHour).toBe(hour);
  });

  test('the login of Postmark is divided at its first colon', () => {
    expect(parseConfig({ KEYBANK_POSTMARK_EVENTS: 'postmark:with:colons:inside' }).postmarkEvents).toEqual({
      user: 'postmark',
      password: 'with:colons:inside',
    });
  });

  test('the key of SendGrid is taken as it is shown, and mails a second as a number', () => {
    const key = keyOn('prime256v1');
    expect(parseConfig({ KEYBANK_SENDGRID_EVENTS: key, KEYBANK_MAIL_RATE: '1000' })).toMatchObject({
      sendgridEvents: key,
      mailRate: 1000,
    });
  });

  test('two webhook tokens may be live at once', () => {
    const tokens = ['a'.repeat(16), 'b'.repeat(16)];
    expect(parseConfig({ KEYBANK_WEBHOOK_TOKEN: tokens.join(', ') }).webhookTokens).toEqual(tokens);
  });
});

describe('faults', () => {
  test('all are told at once, each with the allowed range and a way out', () => {
    const env = {
      DATABASE_URL: 'oracle://host/db',
      KEYBANK_PORT: '80a',
      KEYBANK_TRUST_PROXY: '10.0.0.0/99',
      KEYBANK_ACCEPT_UNSIGNED: 'amelia,calendly',
      KEYBANK_LOW_STOCK: '-1',
      KEYBANK_MAIL_RATE: '0',
      KEYBANK_DIGEST_HOUR: '24',
      KEYBANK_POSTMARK_EVENTS: 'short:password',
      KEYBANK_SENDGRID_EVENTS: 'SG.an-api-key',
      KEYBANK_LOG_LEVEL: 'loud',
      KEYBANK_DEFAULT_SKU: 'no spaces',
      KEYBANK_PUBLIC_URL: 'keys.example.com',
      KEYBANK_ADMIN_EMAIL: 'nobody',
      KEYBANK_LOWSTOCK: '5',
    };
    const faults = faultsOf(env);
    expect(new Set(faults.map(({ name }) => name))).toEqual(new Set([...Object.keys(env), 'KEYBANK_MAIL']));
    for (const fault of faults) {
      expect(fault.problem, fault.name).not.toBe('');
      expect(fault.allowed, fault.name).not.toBe('');
      expect(fault.wayOut, fault.name).not.toBe('');
    }
  });

  test('one names its place, its value and its range in readable words', () => {
    expect(() => parseConfig({ KEYBANK_PORT: '99999' })).toThrow(
      'One setting is not right:\n\n  KEYBANK_PORT is out of range (it says "99999").\n    Allowed: 0 to 65535 (0 takes any free port).\n    For example KEYBANK_PORT=8080',
    );
  });

  test('with DATABASE_URL set, mail must be decided', () => {
    const DATABASE_URL = 'mysql://u:p@db.example.com/keybank';
    expect(namesOf({ DATABASE_URL })).toEqual(['KEYBANK_MAIL']);
    expect(namesOf({ DATABASE_URL, KEYBANK_MAIL: 'mailbox' })).toEqual([]);
  });

  test('real mail needs a sender and an admin; the mailbox does not', () => {
    expect(namesOf({ KEYBANK_MAIL: 'postmark:abc' })).toEqual(['KEYBANK_ADMIN_EMAIL', 'KEYBANK_MAIL_FROM']);
    expect(namesOf({ KEYBANK_MAIL: 'mailbox' })).toEqual([]);
  });

  test.each([
    'keys@example.com\r\nBcc: x@example.com',
    'Shop <keys@example.com',
    'Shop <keys@example.com> more',
    'Shop',
  ])('%j is no sender', (sender) => {
    expect(namesOf({ ...REAL_MAIL, KEYBANK_MAIL_FROM: sender })).toEqual(['KEYBANK_MAIL_FROM']);
  });

  test.each([
    'a'.repeat(15),
    `${'a'.repeat(16)},short`,
    `${'a'.repeat(16)},${'a'.repeat(16)}`,
    'with a space inside it',
  ])('webhook tokens %j are refused', (token) => {
    expect(namesOf({ KEYBANK_WEBHOOK_TOKEN: token })).toContain('KEYBANK_WEBHOOK_TOKEN');
  });

  test.each([
    ['a-password-without-a-user', 'is not a user name, a colon and a password'],
    [':a-password-of-at-least-16', 'is not a user name, a colon and a password'],
    ['user:15-characters-x', 'has a password that is 15 characters long'],
    ['user:a password with spaces', 'has white space or letters beyond A–Z inside'],
    ['user:ein-paßwort-mit-umläuten', 'has white space or letters beyond A–Z inside'],
  ])('KEYBANK_POSTMARK_EVENTS=%s is refused', (text, problem) => {
    expect(faultsOf({ KEYBANK_POSTMARK_EVENTS: text })).toMatchObject([{ problem }]);
  });

  test.each([
    ['an API key', 'SG.abcdefghijklmnop'],
    ['a key on another curve', keyOn('secp384r1')],
    ['half a key', keyOn('prime256v1').slice(0, 60)],
    ['a key with its PEM frame', `-----BEGIN PUBLIC KEY-----${keyOn('prime256v1')}-----END PUBLIC KEY-----`],
  ])('%s is no verification key', (_words, text) => {
    expect(faultsOf({ KEYBANK_SENDGRID_EVENTS: text })).toMatchObject([
      { name: 'KEYBANK_SENDGRID_EVENTS', problem: 'is not a key as SendGrid shows it' },
    ]);
  });

  test.each(['24', '-1', '6.5', 'six', 'no'])('KEYBANK_DIGEST_HOUR=%s is refused', (text) => {
    expect(namesOf({ KEYBANK_DIGEST_HOUR: text })).toEqual(['KEYBANK_DIGEST_HOUR']);
  });

  test('three webhook tokens are one too many', () => {
    const tokens = ['a', 'b', 'c'].map((letter) => letter.repeat(20)).join(',');
    expect(faultsOf({ KEYBANK_WEBHOOK_TOKEN: tokens })[0]?.problem).toBe('holds 3 tokens');
  });

  test('a secret that serves two purposes is refused', () => {
    const same = 'x'.repeat(32);
    expect(namesOf({ KEYBANK_SIGNING_SECRET: same, KEYBANK_WEBHOOK_TOKEN: same })).toEqual([
      'KEYBANK_SIGNING_SECRET',
    ]);
    expect(
      namesOf({ KEYBANK_STAFF_TOKEN: same, KEYBANK_WEBHOOK_TOKEN: `${'y'.repeat(20)},${same}` }),
    ).toEqual(['KEYBANK_STAFF_TOKEN']);
    expect(namesOf({ KEYBANK_SIGNING_SECRET: same, KEYBANK_STAFF_TOKEN: same })).toEqual([
      'KEYBANK_SIGNING_SECRET',
    ]);
  });

  test('a staff token of less than 32 characters is refused, with a way to a better one and without its text', () => {
    expect(faultsOf({ KEYBANK_STAFF_TOKEN: 'k'.repeat(31) })).toEqual([
      {
        name: 'KEYBANK_STAFF_TOKEN',
        problem: 'is 31 characters long',
        allowed: '32 characters or more without spaces, and another text than the webhook tokens',
        wayOut: 'Leave it unset, and one is made on first start; or make one: openssl rand -hex 24',
      },
    ]);
    expect(parseConfig({ KEYBANK_STAFF_TOKEN: 'k'.repeat(32) }).staffToken).toBe('k'.repeat(32));
  });

  test('a typing mistake in a name is told, with the nearest name; other programs’ variables are not ours', () => {
    expect(faultsOf({ KEYBANK_LOWSTOCK: '5' })).toMatchObject([
      { name: 'KEYBANK_LOWSTOCK', wayOut: 'Did you mean KEYBANK_LOW_STOCK?' },
    ]);
    expect(faultsOf({ KEYBANK_SOMETHING_ELSE_ENTIRELY: '5' })[0]?.wayOut).toBe('Take it out.');
    expect(faultsOf({ PATH: '/bin', KEYBANK_TEST_ENGINES: 'mysql' })).toEqual([]);
  });

  test('no secret stands in an error, however wrong it is', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{9,15}$/);
    fc.assert(
      fc.property(secret, (text) => {
        const env = {
          DATABASE_URL: `oracle://user:${text}@host/db`,
          KEYBANK_MAIL: `pigeon:${text}`,
          KEYBANK_WEBHOOK_TOKEN: text,
          KEYBANK_SIGNING_SECRET: text,
          KEYBANK_STAFF_TOKEN: text,
          KEYBANK_POSTMARK_EVENTS: `user:${text}`,
          KEYBANK_SENDGRID_EVENTS: text,
        };
        expect(() => parseConfig(env)).toThrow(ConfigError);
        expect(JSON.stringify(faultsOf(env))).not.toContain(text);
      }),
    );
  });
});
