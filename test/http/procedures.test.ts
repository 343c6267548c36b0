import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { newUuid } from '../../server/ids.ts';
import { openLog } from '../../server/log.ts';
import { openHttp } from '../../server/http.ts';
import { FREE_GUESSES } from '../../server/staff/guesses.ts';
import { hashToken } from '../../server/staff/token.ts';
import { start, type Running } from '../../server/start.ts';
import type { StaffRow } from '../../server/store/rows.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Answer {
  code: number;
  body: { error?: { message: string; data: { reason: string | null } }; result?: { data: object } };
  connection: string | undefined;
}
type Headers = Record<string, string>;

const MIB = 1024 * 1024;

describe.each(engines())('procedures over http on %s', (engine) => {
  let database: FreshDatabase;
  let running: Running;
  let networks = 1;
  let logged = '';

  beforeAll(async () => {
    database = await freshDatabase(engine);
    const config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_DATA_DIR: await tempFolder('procedures'),
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_PORT: '0',
      KEYBANK_TRUST_PROXY: '1',
      KEYBANK_DIGEST_HOUR: 'off',
    });
    const destination = { write: (line: string) => void (logged += line) };
    running = await start(config, openLog({ level: 'trace', destination }));
  });
  afterAll(async () => {
    await running.stop();
    await database.drop();
  });

  async function tokenOf(role: StaffRow['role']): Promise<string> {
    const token = `kb_staff_${newUuid()}`;
    const tokenHash = hashToken(token);
    const member = { name: newUuid(), role, grants: '', tokenHash, createdAt: new Date() };
    await running.app.store.insertStaff(member);
    return token;
  }

  const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

  /** A request to `path`; one that announces a `length` sends nothing of it. */
  function call(path: string, headers: Headers, body: string | { length: number }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${running.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': `203.0.113.${networks}`,
          ...(typeof body !== 'string' && { 'content-length': body.length }),
          ...headers,
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          const code = response.statusCode ?? 0;
          resolve({ code, body: JSON.parse(text), connection: response.headers.connection });
          sent.destroy();
        });
      });
      if (typeof body === 'string') sent.end(body);
      else sent.flushHeaders();
    });
  }

  const refusedFor = (code: number, reason: string) => ({
    code,
    body: { error: { data: { httpStatus: code, reason } } },
    connection: 'close',
  });

  test('an import of more than a megabyte is read of an admin', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(15_000);
    const long = JSON.stringify({ sku: 'LONG', text, reason: 'a long list' });
    const read = await call('/trpc/keys.import', bearer(await tokenOf('admin')), long);
    expect(read).toMatchObject({ code: 200, body: { result: { data: { added: 1 } } } });
  });

  test('an import is answered before its text comes, where the sender may not import', async () => {
    networks += 1;
    const length = 60 * MIB;
    const viewer = await tokenOf('viewer');
    logged = '';
    const ask = (headers: Headers) => call('/trpc/keys.import', headers, { length });
    expect(await ask(bearer(viewer))).toMatchObject(refusedFor(403, 'staff.not_allowed'));
    expect(await ask({})).toMatchObject(refusedFor(401, 'staff.unknown'));
    expect(await ask({ cookie: 'keybank=guessed' })).toMatchObject(refusedFor(403, 'session.not_from_here'));
    expect(logged.match(/"event":"staff.refused"/g)).toHaveLength(2);
    for (let nth = 1; nth <= FREE_GUESSES; nth += 1)
      expect(await ask(bearer(`kb_staff_${nth}`))).toMatchObject(refusedFor(401, 'staff.unknown'));
    expect(await ask(bearer('kb_staff_more'))).toMatchObject(refusedFor(429, 'staff.too_many'));
  });

  test('an import in the session of an admin is read as one with her token', async () => {
    networks += 1;
    const token = await tokenOf('admin');
    const signedIn = await fetch(`${running.url}/session`, {
      method: 'POST',
      body: JSON.stringify({ token }),
      headers: { 'content-type': 'application/json' },
    });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { csrf }: { csrf: string } = JSON.parse(await signedIn.text());
    const text = `${'y'.repeat(99)}\n`.repeat(15_000);
    const long = JSON.stringify({ sku: 'LONG', text, reason: 'a long list' });
    const page = { cookie, 'sec-fetch-site': 'same-origin' };
    expect(await call('/trpc/keys.import', { ...page, 'x-keybank-csrf': csrf }, long)).toMatchObject({
      code: 200,
    });
    expect(await call('/trpc/keys.import', page, { length: long.length })).toMatchObject(
      refusedFor(403, 'session.not_from_here'),
    );
  });

  test.each([
    ['/trpc/orders.get', 1, MIB],
    ['/trpc/keys.import,orders.get?batch=1', 1, MIB],
    ['/trpc/orders.get,keys.import?batch=1', 1, MIB],
    ['/trpc/no.such', 1, MIB],
    ['/%74rpc/orders.get', 1, MIB],
    ['/trpc/keys.import', 64, 64 * MIB],
    ['/trpc/keys.import?batch=1', 64, 64 * MIB],
    ['/trpc/keys%2Eimport', 64, 64 * MIB],
  ])('%s takes %i MiB and says so', async (path, mebibytes, limit) => {
    networks += 1;
    const refused = await call(path, bearer(await tokenOf('admin')), { length: limit + 1 });
    expect(refused).toMatchObject(refusedFor(413, 'body.too_large'));
    expect(refused.body.error?.message).toMatch(
      new RegExp(`^The body has more than ${mebibytes} MiB, .+ npx keybank keys import FILE --sku SKU$`),
    );
  });

  test('a body that does not say how long it is, is read as far as the limit', async () => {
    networks += 1;
    const chunked = { ...bearer(await tokenOf('admin')), 'transfer-encoding': 'chunked' };
    const refused = await call('/trpc/orders.get', chunked, `{"orderId":"${'1'.repeat(MIB)}"}`);
    expect(refused).toMatchObject(refusedFor(413, 'body.too_large'));
  });

  test.each(['/trpc/staff.me', '/%74rpc/staff.me', '/trpc/keys.import'])(
    'a body for %s that is not JSON is refused unread by its type',
    async (path) => {
      networks += 1;
      const who = bearer(await tokenOf('admin'));
      for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/octet-stream']) {
        const refused = await call(path, { ...who, 'content-type': type }, { length: 14 });
        expect([type, refused]).toMatchObject([type, refusedFor(415, 'body.not_json')]);
      }
    },
  );

  test('who lets a request drip in, has half a minute for its head and five for all of it', async () => {
    const { server } = await openHttp(running.app);
    expect([server.headersTimeout, server.requestTimeout]).toEqual([30_000, 5 * 60_000]);
  });

  test('a body that says to be JSON and is none is not repeated', async () => {
    networks += 1;
    const who = bearer(await tokenOf('viewer'));
    const broken = await call('/trpc/orders.get', who, 'PQXF-7K2M-91TD');
    expect(broken.code).toBe(400);
    expect(JSON.stringify(broken.body)).not.toContain('PQXF');
  });

  test('of wrong tokens that come at once, as many are looked up as are free', async () => {
    networks += 1;
    const many = Array.from({ length: 3 * FREE_GUESSES }, (_, nth) => bearer(`kb_staff_burst_${nth}`));
    const answers = await Promise.all(many.map((who) => call('/trpc/stock.list', who, '{}')));
    const codes = answers.map(({ code }) => code);
    expect(codes.filter((code) => code === 401)).toHaveLength(FREE_GUESSES);
    expect(codes.filter((code) => code === 429)).toHaveLength(2 * FREE_GUESSES);
  });

  test('an old token that is sent again and again is refused each time, and locks nobody out', async () => {
    networks += 1;
    const old = bearer('kb_staff_old');
    for (let nth = 0; nth < 3 * FREE_GUESSES; nth += 1)
      expect((await call('/trpc/stock.list', old, '{}')).code).toBe(401);
    expect((await call('/trpc/stock.list', bearer(await tokenOf('viewer')), '{}')).code).toBe(200);
  });
});
