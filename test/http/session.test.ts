import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { newUuid } from '../../server/ids.ts';
import { openLog } from '../../server/log.ts';
import { start, type Running } from '../../server/start.ts';
import { FREE_GUESSES } from '../../server/staff/guesses.ts';
import { hashToken } from '../../server/staff/token.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import { StoreError } from '../../server/store/store-error.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Headers = Record<string, string>;
interface Answer {
  code: number;
  body: { csrf?: string; error?: string; reason?: string; member?: { role: string; rights: string[] } };
  cookie: string | null;
  headers: globalThis.Headers;
}

describe.each(engines())('signing in over http on %s', (engine) => {
  let database: FreshDatabase;
  let running: Running;
  let logged = '';
  let networks = 1;
  const PAGE = { 'sec-fetch-site': 'same-origin' };

  beforeAll(async () => {
    database = await freshDatabase(engine);
    running = await open();
  });
  afterAll(async () => {
    await running.stop();
    await database.drop();
  });

  async function open(env: Record<string, string> = {}): Promise<Running> {
    const config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_DATA_DIR: await tempFolder('session'),
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_PORT: '0',
      KEYBANK_TRUST_PROXY: '1',
      KEYBANK_DIGEST_HOUR: 'off',
      ...env,
    });
    const destination = { write: (line: string) => void (logged += line) };
    return start(config, openLog({ level: 'trace', destination }));
  }

  async function member(role: StaffRow['role'], grants = ''): Promise<{ token: string; row: StaffRow }> {
    const token = `kb_staff_${newUuid()}`;
    const tokenHash = hashToken(token);
    const { store } = running.app;
    await store.insertStaff({ name: newUuid(), role, grants, tokenHash, createdAt: new Date() });
    const row = await store.findStaffByTokenHash({ tokenHash });
    if (!row) throw new Error('not inserted');
    return { token, row };
  }

  async function ask(
    method: string,
    path: string,
    { headers = PAGE, body, at = running.url }: { headers?: Headers; body?: unknown; at?: string } = {},
  ): Promise<Answer> {
    const response = await fetch(`${at}${path}`, {
      method,
      headers: {
        'x-forwarded-for': `203.0.113.${networks}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const cookie = response.headers.get('set-cookie');
    return {
      code: response.status,
      body: JSON.parse(await response.text()),
      cookie,
      headers: response.headers,
    };
  }

  /** What a page of the console sends along after it signed in. */
  async function signedIn(token: string): Promise<{ cookie: string; csrf: string; page: Headers }> {
    const answer = await ask('POST', '/session', { body: { token } });
    const cookie = answer.cookie?.split(';')[0] ?? '';
    const csrf = answer.body.csrf ?? '';
    return { cookie, csrf, page: { ...PAGE, cookie, 'x-keybank-csrf': csrf } };
  }

  test('a token becomes a cookie that no script can read and no other site’s page sends', async () => {
    networks += 1;
    const { token } = await member('support', 'reveal');
    const answer = await ask('POST', '/session', { body: { token: ` ${token} ` } });
    expect(answer.code).toBe(200);
    expect(answer.cookie).toMatch(/^keybank=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body.member).toMatchObject({ role: 'support', rights: expect.arrayContaining(['reveal']) });
    const cookie = answer.cookie?.split(';')[0] ?? '';
    const again = await ask('GET', '/session', { headers: { ...PAGE, cookie } });
    expect(again.body).toEqual(answer.body);
  });

  test('behind TLS the cookie is the host’s alone', async () => {
    networks += 1;
    const { token } = await member('viewer');
    const secure = await open({ KEYBANK_PUBLIC_URL: 'https://keys.example.com' });
    try {
      const answer = await ask('POST', '/session', { body: { token }, at: secure.url });
      expect(answer.cookie).toMatch(
        /^__Host-keybank=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    } finally {
      await secure.stop();
    }
  });

  test('a page reads with the cookie, and writes with its own header too', async () => {
    networks += 1;
    const { token } = await member('support');
    const { cookie, page } = await signedIn(token);
    const wish = { body: { orderId: 'amelia:404', reason: 'x' } };
    expect((await ask('GET', '/trpc/stock.list', { headers: { ...PAGE, cookie } })).code).toBe(200);
    expect((await ask('POST', '/trpc/stock.list', { headers: page, body: {} })).code).toBe(200);
    expect((await ask('POST', '/trpc/orders.resend', { headers: page, ...wish })).code).toBe(404);
    for (const csrf of [undefined, '', 'guessed', cookie.slice('keybank='.length)]) {
      const headers = { ...PAGE, cookie, ...(csrf !== undefined && { 'x-keybank-csrf': csrf }) };
      const refused = await ask('POST', '/trpc/orders.resend', { headers, ...wish });
      expect(refused.code).toBe(403);
      expect(JSON.stringify(refused.body)).toContain('session.not_from_here');
    }
  });

  test.each<[string, Headers]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another subdomain', { 'sec-fetch-site': 'same-site' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
    ['a sandboxed frame, in an old browser', { origin: 'null' }],
  ])('a page of %s signs nobody in and writes nothing, even with the right header', async (_, from) => {
    networks += 1;
    const { token } = await member('support');
    const { cookie, csrf } = await signedIn(token);
    const headers = { ...from, cookie, 'x-keybank-csrf': csrf };
    expect((await ask('POST', '/session', { headers: from, body: { token } })).code).toBe(403);
    expect((await ask('POST', '/trpc/orders.resend', { headers, body: {} })).code).toBe(403);
    expect((await ask('DELETE', '/session', { headers })).code).toBe(403);
    expect((await ask('GET', '/session', { headers: { ...PAGE, cookie } })).code).toBe(200);
  });

  test('an old browser’s page of this server is let through by its origin', async () => {
    networks += 1;
    const { token } = await member('viewer');
    const answer = await ask('POST', '/session', { headers: { origin: running.url }, body: { token } });
    expect(answer.code).toBe(200);
  });

  test('rights are those of the member now, whatever they were at sign-in', async () => {
    networks += 1;
    const { token, row } = await member('admin');
    const { page } = await signedIn(token);
    const look = () => ask('POST', '/trpc/audit.list', { headers: page, body: {} });
    expect((await look()).code).toBe(200);
    await running.app.store.updateStaff({ ...row, role: 'viewer' });
    expect((await look()).code).toBe(403);
    await running.app.store.updateStaff({ ...row, revokedAt: new Date() });
    expect((await look()).code).toBe(401);
  });

  test('signing out ends the session here and in the browser, twice if need be', async () => {
    networks += 1;
    const { token } = await member('viewer');
    const { page, cookie } = await signedIn(token);
    for (const time of ['first', 'second']) {
      const answer = await ask('DELETE', '/session', { headers: page });
      expect([time, answer.code]).toEqual([time, 200]);
      expect(answer.cookie).toMatch(/^keybank=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
    }
    const over = await ask('GET', '/session', { headers: { ...PAGE, cookie } });
    expect([over.code, over.body.reason]).toEqual([401, 'session.over']);
    expect((await ask('POST', '/trpc/stock.list', { headers: page, body: {} })).code).toBe(401);
  });

  test('an hour without the database is no wrong token', async () => {
    networks += 1;
    const { token } = await member('viewer');
    const { store } = running.app;
    const { findStaffByTokenHash } = store;
    store.findStaffByTokenHash = () => Promise.reject(new StoreError('store.unavailable', 'testing', 'x'));
    const answer = await ask('POST', '/session', { body: { token } }).finally(
      () => (store.findStaffByTokenHash = findStaffByTokenHash),
    );
    expect([answer.code, answer.body.reason]).toEqual([503, 'store.away']);
  });

  test('who has no session is told to sign in', async () => {
    networks += 1;
    const answer = await ask('GET', '/session');
    expect([answer.code, answer.body.reason]).toEqual([401, 'staff.unknown']);
    expect((await ask('DELETE', '/session')).code).toBe(200);
  });

  test.each([
    '',
    '{',
    '[]',
    '"kb_staff_x"',
    '{"token":7}',
    '{"token":""}',
    JSON.stringify({ token: 'x'.repeat(501) }),
    '{"token":"kb_staff_guessed"}',
  ])('the body %s signs nobody in', async (body) => {
    networks += 1;
    const answer = await ask('POST', '/session', { body });
    expect([answer.code, answer.body.reason, answer.cookie]).toEqual([401, 'staff.unknown', null]);
  });

  test('guesses are slowed, whichever door they come to, and even the right token has to wait', async () => {
    networks += 1;
    const { token } = await member('viewer');
    const known = await member('viewer');
    const { page } = await signedIn(known.token);
    for (let nth = 0; nth < FREE_GUESSES; nth += 1) {
      const guess = `kb_staff_${newUuid()}`;
      const answer =
        nth % 2 === 0
          ? await ask('POST', '/session', { body: { token: guess } })
          : await ask('POST', '/trpc/stock.list', {
              headers: { authorization: `Bearer ${guess}` },
              body: {},
            });
      expect(answer.code).toBe(401);
    }
    const slowed = await ask('POST', '/session', { body: { token } });
    expect([slowed.code, slowed.body.reason]).toEqual([429, 'staff.too_many']);
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
    const bearer = { authorization: `Bearer ${token}` };
    expect((await ask('POST', '/trpc/stock.list', { headers: bearer, body: {} })).code).toBe(429);
    expect((await ask('POST', '/session', { body: { token: known.token } })).code).toBe(200);
    expect((await ask('POST', '/trpc/stock.list', { headers: page, body: {} })).code).toBe(200);
    networks += 1;
    expect((await ask('POST', '/session', { body: { token } })).code).toBe(200);
  });

  test('a wrong token is one guess and one line in the log, however many calls of a batch come with it', async () => {
    networks += 1;
    const path = `/trpc/${Array.from({ length: 2 * FREE_GUESSES }, () => 'stock.list').join(',')}?batch=1`;
    const headers = { authorization: 'Bearer kb_staff_guessed' };
    logged = '';
    expect((await ask('GET', path, { headers })).code).toBe(401);
    expect(logged.match(/"event":"staff.refused"/g)).toHaveLength(1);
    const { token } = await member('viewer');
    expect((await ask('POST', '/session', { body: { token } })).code).toBe(200);
  });

  test('an open tab whose session is over slows nobody', async () => {
    networks += 1;
    const headers = { ...PAGE, cookie: 'keybank=over' };
    for (let nth = 0; nth < 2 * FREE_GUESSES; nth += 1)
      expect((await ask('GET', '/trpc/stock.list', { headers })).code).toBe(401);
    const { token } = await member('viewer');
    expect((await ask('POST', '/session', { body: { token } })).code).toBe(200);
  });

  test('the log names who signed in and who was refused, and no secret', async () => {
    networks += 1;
    const { token, row } = await member('viewer');
    logged = '';
    const { cookie, csrf } = await signedIn(token);
    await ask('POST', '/session', { body: { token: 'kb_staff_guessed' } });
    await ask('DELETE', '/session', { headers: { ...PAGE, cookie, 'x-keybank-csrf': csrf } });
    await ask('DELETE', '/session', { headers: { ...PAGE, cookie, 'x-keybank-csrf': csrf } });
    const who = `staff:${row.id}`;
    expect(await running.app.store.findAudit({ subject: who })).toMatchObject([
      { actor: who, action: 'staff.signed_in' },
      { actor: who, action: 'staff.signed_out' },
    ]);
    expect(logged).toContain('"staff.signed_in"');
    expect(logged).toContain(`"staffId":${row.id}`);
    expect(logged).toContain('"why":"staff.unknown"');
    for (const secret of [token, csrf, cookie.slice('keybank='.length), 'kb_staff_guessed', hashToken(token)])
      expect(logged).not.toContain(secret);
  });
});
