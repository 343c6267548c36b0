import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAll } from '../../server/audit/verify.ts';
import { parseConfig } from '../../server/config.ts';
import { openLog } from '../../server/log.ts';
import { newProduct } from '../../server/products/new-product.ts';
import { ASKS_PER_ADDRESS } from '../../server/help/turns.ts';
import { RESENDS_PER_HOUR, resendOrder } from '../../server/orders/resend.ts';
import { start, type Running } from '../../server/start.ts';
import type { OrderSource } from '../../shared/booking-event.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { arrivalOf, booking } from '../support/world.ts';

interface Answer {
  code: number;
  body: string;
  headers: string[];
}
type Form = Record<string, string> | [string, string][] | string;

describe.each(engines())('the help page over http on %s', (engine) => {
  let database: FreshDatabase;
  let running: Running;
  let nextBooking = 100;
  let nextHousehold = 1;
  let logged = '';

  beforeAll(async () => {
    database = await freshDatabase(engine);
    const config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_DATA_DIR: await tempFolder('help'),
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_PORT: '0',
      KEYBANK_DEFAULT_SKU: 'ANY',
      KEYBANK_TRUST_PROXY: '1',
      KEYBANK_DIGEST_HOUR: 'off',
    });
    const destination = { write: (line: string) => void (logged += line) };
    running = await start(config, openLog({ level: 'trace', destination }));
    const keys = Array.from({ length: 60 }, (_, nth) => ({ licenseKey: `HELP-${1000 + nth}`, sku: 'ANY' }));
    const { store } = running.app;
    await store.insertKeys({ keys });
    await store.insertProducts({ products: [newProduct('SOLD-OUT')] });
    await store.saveMapping({
      ...{ site: '', source: 'amelia', kind: 'service', itemId: 'sold-out', sku: 'SOLD-OUT' },
      ...{ quantity: 1, per: 'booking' },
    });
  });
  afterAll(async () => {
    expect((await verifyAll(running.app.store)).filter(({ violations }) => violations > 0)).toEqual([]);
    await running.stop();
    await database.drop();
  });

  const household = () => `203.0.113.${(nextHousehold += 1)}`;

  async function send(body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${running.url}/help`, { method: 'POST', body, headers });
    const told = [...response.headers].filter(([name]) => name !== 'date').map((pair) => pair.join(': '));
    const text = await response.text();
    await running.app.helpDesk.idle();
    return { code: response.status, body: text, headers: told };
  }

  const ask = (form: Form, ip = household()): Promise<Answer> =>
    send(new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': ip,
    });

  /** A booking that was served; its number. */
  async function sold(about: Partial<Parameters<typeof booking>[0]> = {}): Promise<string> {
    const externalId = String((nextBooking += 1));
    const { status } = await running.app.queue.submit(arrivalOf(booking({ externalId, ...about })));
    expect(status).toBe('fulfilled');
    return externalId;
  }

  async function mailsTo(externalId: string, source: OrderSource = 'amelia'): Promise<string[]> {
    const { store } = running.app;
    const order = await store.findOrder({ site: '', source, externalId });
    const mails = await store.findMessagesOfOrders({ orderIds: [order?.id ?? 0] });
    return mails.map(({ recipient }) => recipient);
  }

  const trailOf = async (externalId: string) => {
    const order = await running.app.store.findOrder({ site: '', source: 'amelia', externalId });
    return running.app.store.findAudit({ subject: `order:${order?.id}` });
  };

  test('a form that fits queues one mail, to the address on record, and leaves a line in the trail', async () => {
    const id = await sold();
    const address = `buyer-${id}@example.test`;
    expect((await ask({ email: address, booking: id })).code).toBe(200);
    expect(await mailsTo(id)).toEqual([address, address]);
    const line = { action: 'order.resent', actor: 'buyer', reason: 'asked for on the help page' };
    expect((await trailOf(id)).filter(({ action }) => action === 'order.resent')).toMatchObject([line]);
  });

  test('the whole id and another letter case fit too', async () => {
    const id = await sold();
    await ask({ email: ` BUYER-${id}@Example.TEST `, booking: ` Booking amelia:${id} ` });
    expect(await mailsTo(id)).toHaveLength(2);
  });

  test('an alternate address fits, and the mail still goes to the address on record', async () => {
    const id = await sold();
    const order = await running.app.store.findOrder({ site: '', source: 'amelia', externalId: id });
    await running.app.store.insertAlternates({
      rows: [{ orderId: order?.id ?? 0, email: 'other@example.test' }],
    });
    await ask({ email: 'Other@example.test', booking: id });
    expect(await mailsTo(id)).toEqual([`buyer-${id}@example.test`, `buyer-${id}@example.test`]);
  });

  test('the same number of two plugins is one order each, told apart by the address', async () => {
    const id = await sold();
    await running.app.queue.submit(
      arrivalOf(
        booking({ externalId: id, source: 'bookly', email: { value: 'b@example.test', where: 'x' } }),
      ),
    );
    await ask({ email: 'b@example.test', booking: id });
    expect([await mailsTo(id), await mailsTo(id, 'bookly')].map((mails) => mails.length)).toEqual([1, 2]);
  });

  test('whoever asks, and whatever for, is answered the same bytes', async () => {
    const id = await sold();
    const off = await sold();
    await running.app.queue.submit(arrivalOf(booking({ externalId: off, status: 'cancelled' })));
    const waiting = String((nextBooking += 1));
    const soldOut = { kind: 'service', id: 'sold-out', name: null } as const;
    await running.app.queue.submit(arrivalOf(booking({ externalId: waiting, item: soldOut })));
    expect((await trailOf(waiting)).map(({ toStatus }) => toStatus)).toContain('waiting');
    const email = `buyer-${id}@example.test`;
    const match = await ask({ email, booking: id });
    const forms: Form[] = [
      { email, booking: '999999' },
      { email: 'nobody@example.test', booking: id },
      { email: `buyer-${off}@example.test`, booking: off },
      { email: `buyer-${waiting}@example.test`, booking: waiting },
      { email: 'not an address', booking: 'not a number' },
      { email, booking: `${id}' OR '1'='1` },
      { email: '%', booking: '%' },
      { email, booking: `staff:${id}` },
      { email: '<script>alert(1)</script>', booking: '"><img src=x onerror=alert(1)>' },
      { email: '\u0000', booking: '\u0000\u0000' },
      { email: '\ud800', booking: '\u202e13' },
      { email, booking: id, extra: 'x'.repeat(3000) },
      { email, booking: '9'.repeat(100) },
      `email=%ff%fe&booking=%c3%28`,
      [
        ['email', 'nobody@example.test'],
        ['email', email],
        ['booking', id],
      ],
    ];
    for (const form of forms) expect(await ask(form), JSON.stringify(form)).toEqual(match);
    // The one that fits, with a field beyond.
    expect(await mailsTo(id)).toHaveLength(3);
    expect(await mailsTo(off)).toHaveLength(1);
    expect((await trailOf(waiting)).filter(({ actor }) => actor === 'buyer')).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['no booking', 'email=a%40example.test'],
    ['an empty address', 'email=+&booking=13'],
    ['JSON', '{"email":"a@example.test","booking":"13"}'],
    ['other fields', 'email[]=a&booking[x]=13'],
    ['a number too long to be one', `email=a&booking=${'1'.repeat(301)}`],
    ['more than a form has', `email=a&booking=13&x=${'x'.repeat(100_000)}`],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 1, 2])],
  ])('%s is asked to fill in both fields, and nothing of it comes back', async (_what, body) => {
    // What is too big is not read to its end: the connection goes with it.
    const sent = async (bytes: string | Buffer, type: string) => {
      const answer = await send(bytes, { 'content-type': type, 'x-forwarded-for': '198.51.100.1' });
      return { ...answer, headers: answer.headers.filter((line) => !/^(connection|keep-alive)/.test(line)) };
    };
    const blank = await sent('', 'application/x-www-form-urlencoded');
    expect(blank.code).toBe(400);
    expect(blank.body).toContain('Please fill in both fields.');
    for (const type of [
      'application/x-www-form-urlencoded',
      'application/json',
      'text/plain; charset=utf-16',
      'x',
    ])
      expect(await sent(body, type)).toEqual(blank);
  });

  test('a buyer gets two mails within an hour, and staff may resend as before', async () => {
    const id = await sold();
    const email = `buyer-${id}@example.test`;
    const spellings = [id, `amelia:${id}`, `#${id}`, `Booking ${id}`];
    const answers: Answer[] = [];
    for (const spelling of spellings) answers.push(await ask({ email, booking: spelling }));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await mailsTo(id)).toHaveLength(3);
    const staff = () =>
      resendOrder(running.app.rpc, { orderId: `amelia:${id}`, reason: 'called', actor: 'staff:1' });
    for (let nth = 0; nth < RESENDS_PER_HOUR; nth += 1) expect((await staff()).ok).toBe(true);
    expect((await staff()).ok).toBe(false);
  });

  test('who guesses at the number of a booking does not silence its buyer', async () => {
    const id = String((nextBooking += 1));
    const email = `buyer-${id}@example.test`;
    for (let nth = 0; nth < ASKS_PER_ADDRESS + 2; nth += 1) await ask({ email, booking: `${id}${nth}` });
    await running.app.queue.submit(arrivalOf(booking({ externalId: id })));
    await ask({ email, booking: id });
    expect(await mailsTo(id)).toEqual([email, email]);
  });

  test('one booking asked for again and again, in any spelling, leaves its buyer’s other bookings alone', async () => {
    const email = { value: `two-${household()}@example.test`, where: 'email' };
    const [first, second] = [await sold({ email }), await sold({ email })];
    for (const spelling of [first, `#${first}`, `Booking ${first}`, `amelia:${first}`])
      for (let nth = 0; nth < 3; nth += 1) await ask({ email: email.value, booking: spelling });
    expect(await mailsTo(first)).toHaveLength(3);
    await ask({ email: email.value, booking: second });
    expect(await mailsTo(second)).toHaveLength(2);
  });

  test('an address is sent ten mails an hour, for however many bookings, and nobody is told', async () => {
    const address = `many-${household()}@example.test`;
    const email = { value: address, where: 'email' };
    const answers: Answer[] = [];
    const ids: string[] = [];
    for (let nth = 0; nth < ASKS_PER_ADDRESS + 2; nth += 1) {
      const id = await sold({ email });
      ids.push(id);
      answers.push(await ask({ email: address, booking: id }));
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const sent = await Promise.all(ids.map(async (id) => (await mailsTo(id)).length));
    expect(sent).toEqual([...Array<number>(ASKS_PER_ADDRESS).fill(2), 1, 1]);
  });

  test('a household may ask ten times, and then is asked to wait; its IPv6 addresses are one', async () => {
    const form = { email: 'nobody@example.test', booking: '1' };
    for (let nth = 0; nth < 10; nth += 1) expect((await ask(form, `2001:db8:7:7::${nth}`)).code).toBe(200);
    const id = await sold();
    const refused = await ask({ email: `buyer-${id}@example.test`, booking: id }, '2001:db8:7:7:ffff::1');
    expect(refused.code).toBe(429);
    expect(refused.headers).toContain('retry-after: 900');
    expect(refused.body).toContain('a quarter of an hour');
    expect(await mailsTo(id)).toHaveLength(1);
    expect((await ask(form, '2001:db8:7:8::1')).code).toBe(200);
  });

  test('the answer waits for nothing that is done', async () => {
    const id = await sold();
    const { store, helpDesk } = running.app;
    const order = await store.findOrder({ site: '', source: 'amelia', externalId: id });
    await store.transaction(async (tx) => {
      await tx.lockOrders({ ids: [order?.id ?? 0] });
      const body = new URLSearchParams({ email: `buyer-${id}@example.test`, booking: id });
      const headers = { 'x-forwarded-for': household() };
      const answer = await fetch(`${running.url}/help`, { method: 'POST', body, headers });
      expect(await answer.text()).toContain('Thank you');
      expect(await mailsTo(id)).toHaveLength(1);
    });
    await helpDesk.idle();
    expect(await mailsTo(id)).toHaveLength(2);
  });

  test('no log line holds an address or a booking number', () => {
    expect(logged).toContain('"path":"/help","status":429');
    expect(logged).not.toMatch(/example\.test|amelia:\d|203\.0\.113|2001:db8/);
    expect(logged).not.toContain('"level":50');
  });

  test('the page sends its form here alone, loads nothing and runs nothing', async () => {
    const page = await fetch(`${running.url}/help`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    );
    const html = await page.text();
    expect(html).toContain('<form method="post">');
    expect(html).not.toMatch(/<script|https?:/);
    const order = await fetch(`${running.url}/orders/amelia:1`);
    expect(order.headers.get('content-security-policy')).toContain("form-action 'none'");
  });
});
