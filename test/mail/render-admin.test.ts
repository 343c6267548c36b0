import { describe, expect, it } from 'vitest';
import { ALERT_KINDS } from '../../server/store/rows.ts';
import { loadBrand } from '../../server/mail/brand.ts';
import {
  renderAdminAttention,
  renderAdminUrgent,
  renderDigest,
  renderLowStock,
  renderMailFailing,
} from '../../server/mail/render.ts';
import { gate, gateMail } from './gate.ts';
import type { DigestInput } from '../../server/mail/render-digest.ts';
import type { MailFailingInput } from '../../server/mail/render-failing.ts';
import type { LowStockInput } from '../../server/mail/render-low-stock.ts';
import type { AdminUrgentInput } from '../../server/mail/render-urgent.ts';

const shop = { brand: loadBrand(), publicUrl: 'https://keys.example' };
const since = new Date('2026-11-22T14:05:33Z');
const HOSTILE = '</td><script>alert(1)</script>\r\nBcc: evil@x.example\u0000\u202e';

describe('the out-of-stock mail', () => {
  const product = (change: Partial<AdminUrgentInput['products'][number]> = {}) => ({
    sku: 'AID',
    name: 'First Aid',
    available: 0,
    keysOwed: 3,
    orders: [
      { orderId: 'amelia:1', keys: 1, since },
      { orderId: 'bookly@second-shop:2', keys: 2, since },
    ],
    more: 0,
    ...change,
  });

  it('says what is owed, to which orders since when, and the way out', () => {
    const mail = renderAdminUrgent({ ...shop, products: [product()] });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('Out of stock: First Aid (AID), 3 keys owed');
    expect(mail.text).toContain('First Aid (AID): 3 keys owed\nNone in stock.\n');
    expect(mail.text).toContain('npx keybank keys import FILE --sku AID\n');
    expect(mail.text).toContain(
      '- amelia:1: 1 key, since 22 Nov 2026, 14:05 UTC\n  Open amelia:1: https://keys.example/orders/amelia%3A1\n' +
        '- bookly@second-shop:2: 2 keys, since 22 Nov 2026, 14:05 UTC\n  Open bookly@second-shop:2: https://keys.example/orders/bookly%40second-shop%3A2\n',
    );
    expect(mail.html.match(/<a href="https:\/\/keys\.example\/orders\/[^"]+"/g)).toHaveLength(2);
    // "Open" twice in a list of links tells a screen reader nothing.
    expect(mail.html.match(/ aria-label="[^"]*"/g)).toEqual([
      ' aria-label="Open amelia:1"',
      ' aria-label="Open bookly@second-shop:2"',
    ]);
  });

  it('says so when some are in stock: too few, or enough by now', () => {
    const few = renderAdminUrgent({ ...shop, products: [product({ available: 2, keysOwed: 3 })] });
    expect(few.text).toContain('2 in stock, which is too few for those that wait.');
    const enough = renderAdminUrgent({ ...shop, products: [product({ available: 3, keysOwed: 3 })] });
    expect(enough.text).toContain('3 in stock by now: the waiting orders are being served.');
  });

  it.each(['http://keys.example', 'http://10.0.0.5:8080', 'javascript:alert(1)//'])(
    'names the orders without a link when the server is at %s',
    (publicUrl) => {
      const { html, text } = renderAdminUrgent({ ...shop, publicUrl, products: [product()] });
      expect(html).not.toContain('<a ');
      expect(text).toContain('amelia:1: 1 key');
      expect(text).not.toContain('/orders/');
    },
  );

  it('links to a server on the same machine', () => {
    const { html } = renderAdminUrgent({
      ...shop,
      publicUrl: 'http://localhost:8080/',
      products: [product()],
    });
    expect(html).toContain('href="http://localhost:8080/orders/amelia%3A1"');
  });

  it('stays whole in Gmail with many products and orders, and counts the rest', () => {
    const orders = Array.from({ length: 20 }, (_, at) => ({
      orderId: `amelia:${'9'.repeat(100)}${at}`,
      keys: 50,
      since,
    }));
    const products = Array.from({ length: 200 }, (_, at) =>
      product({ sku: `${'S'.repeat(60)}${at}`, name: '&'.repeat(500), orders, more: 980 }),
    );
    const mail = renderAdminUrgent({ ...shop, products });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.text).toMatch(/- And 99\d more orders\./);
    expect(mail.text).toContain('and 90 more.');
    expect(mail.text).toMatch(/Also out of stock: S+10 \(3 owed\)/);
  });

  it('spells no order or SKU into a command that a shell would read as more', () => {
    const { text } = renderAdminUrgent({ ...shop, products: [product({ sku: 'A;reboot' })] });
    expect(text).toContain('--sku SKU\n');
  });
});

describe('the attention mail', () => {
  const alert = (at: number) => ({
    kind: 'attention' as const,
    orderId: `amelia:${at}`,
    sku: 'AID',
    detail: 'the course is not mapped',
  });

  it('joins a thousand alike and names every order', () => {
    const alerts = Array.from({ length: 1000 }, (_, at) => alert(at));
    const mail = renderAdminAttention({ ...shop, alerts });
    expect(mail.subject).toBe('Needs a decision (1000)');
    expect(gateMail(mail)).toEqual([]);
    expect(mail.html.match(/AID: the course is not mapped</g)).toHaveLength(1);
    for (const part of [mail.html, mail.text])
      for (const { orderId } of alerts) expect(part).toMatch(new RegExp(`${orderId}\\b`));
  });

  it('stays whole with 2,000 different sentences of every kind', () => {
    const alerts = Array.from({ length: 2000 }, (_, at) => ({
      kind: ALERT_KINDS[at % ALERT_KINDS.length] ?? 'attention',
      orderId: `amelia:${at}`,
      sku: null,
      detail: `${at} ${'words '.repeat(100)}`,
    }));
    const mail = renderAdminAttention({ ...shop, alerts });
    expect(gateMail(mail)).toEqual([]);
    for (const { orderId } of alerts) expect(mail.html).toMatch(new RegExp(`${orderId}\\b`));
  });

  it('names a way out for each kind, and which server speaks', () => {
    const alerts = ALERT_KINDS.map((kind) => ({ ...alert(1), kind }));
    const { text } = renderAdminAttention({ ...shop, alerts });
    expect(text).toContain('by its server at https://keys.example.');
    for (const command of [
      'keys import FILE --sku SKU',
      'orders show ORDER',
      'products map --help',
      'orders resend ORDER --reason TEXT',
      'deliveries replay DELIVERY --reason TEXT',
    ])
      expect(text).toContain(`\n    npx keybank ${command}`);
    // In a sentence a command cannot be told from the words around it.
    const sentences = text.split('\n').filter((line) => !line.startsWith('    '));
    for (const line of sentences) expect(line).not.toMatch(/(npx|wp) keybank/);
  });

  it('does not repeat an order that the sentence names, and links to the only one of a sentence', () => {
    const alerts = [{ ...alert(1), detail: 'amelia:1 waits for 1 × AID' }, alert(2), alert(3)];
    const { html, text } = renderAdminAttention({ ...shop, alerts });
    expect(text.replace(/Open amelia:1: /g, '').match(/amelia:1\b/g)).toHaveLength(1);
    expect(html.match(/<a href="[^"]*"/g)).toEqual(['<a href="https://keys.example/orders/amelia%3A1"']);
  });
});

describe('the mail about failing mails', () => {
  const failure = (change: Partial<MailFailingInput['failures'][number]> = {}) => ({
    kind: 'mail_bounced' as const,
    orderId: 'amelia:1',
    email: 'ann@buyer.example',
    name: 'Ann Buyer',
    isWaiting: false,
    isStopped: true,
    detail: 'the mailbox does not exist',
    at: since,
    ...change,
  });

  it('names order, buyer, what happened and the way out, and links to the order', () => {
    const mail = renderMailFailing({ ...shop, failures: [failure()], more: 0 });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('Bounced: a mail to the buyer of amelia:1');
    expect(mail.text).toContain(
      'amelia:1: Bounced\nAnn Buyer, ann@buyer.example\nOpen amelia:1: https://keys.example/orders/amelia%3A1\n' +
        '22 Nov 2026, 14:05 UTC: the mailbox does not exist\n',
    );
    expect(mail.text).toContain('npx keybank orders resend amelia:1 --reason TEXT --email ADDRESS\n');
    expect(mail.html).toContain('href="https://keys.example/orders/amelia%3A1"');
  });

  it.each(['mail_failed', 'mail_bounced', 'mail_complained'] as const)(
    'of an order that waits, %s: no word of keys that are assigned, or of sending them again',
    (kind) => {
      const told = (isWaiting: boolean) =>
        renderMailFailing({ ...shop, failures: [failure({ kind, isWaiting })], more: 0 }).text;
      expect(told(true)).toContain('The order waits for stock, and');
      expect(told(true)).not.toMatch(/assigned|again:/);
      expect(told(true)).toContain('npx keybank orders resend amelia:1 --reason TEXT --email ADDRESS\n');
      expect(told(false)).not.toContain('waits for stock');
    },
  );

  it('says of a mail that came back, while its address is not stopped, that it may be sent there again', () => {
    const { text } = renderMailFailing({ ...shop, failures: [failure({ isStopped: false })], more: 0 });
    expect(text).toContain('If the address is right, send it again; if not, to another:');
    expect(text).toContain('npx keybank orders resend amelia:1 --reason TEXT [--email ADDRESS]\n');
  });

  it('says of a complaint that no mail goes there any more', () => {
    const { subject, text } = renderMailFailing({
      ...shop,
      failures: [failure({ kind: 'mail_complained' })],
      more: 0,
    });
    expect(subject).toBe('Marked as spam: a mail to the buyer of amelia:1');
    expect(text).toContain('no mail goes to this address any more');
  });

  it('does without order, buyer or a plain order id', () => {
    const bare = failure({ orderId: null, email: null, name: null });
    const odd = failure({ orderId: 'amelia:1;reboot' });
    const mail = renderMailFailing({ ...shop, failures: [bare, odd], more: 0 });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.text).toContain('No order: Bounced\nThe buyer is not known.\n22 Nov');
    expect(mail.text).toContain('amelia:1;reboot: Bounced');
    expect(mail.text.match(/resend ORDER --reason/g)).toHaveLength(2);
  });

  it('stays whole in Gmail with 2,000 of the longest, and counts the rest', () => {
    const long = failure({
      orderId: `amelia:${'9'.repeat(100)}`,
      email: `${'&'.repeat(242)}@x.example`,
      name: '&'.repeat(500),
      detail: '&'.repeat(500),
    });
    const mail = renderMailFailing({ ...shop, failures: Array.from({ length: 2000 }, () => long), more: 7 });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('2007 mails to buyers failed');
    const told = mail.text.match(/: Bounced$/gm)?.length ?? 0;
    expect(told).toBeGreaterThan(10);
    expect(mail.text).toContain(`And ${2007 - told} more mails.`);
  });
});

describe('the low-stock mail', () => {
  const level = (change: Partial<LowStockInput['products'][number]> = {}) => ({
    sku: 'AID',
    name: 'First Aid',
    available: 13,
    waiting: 0,
    threshold: 20,
    perDay: 4.2,
    daysLeft: 3.1,
    ...change,
  });

  it('names every product with what is left, how long that lasts, and what is owed', () => {
    const mail = renderLowStock({
      ...shop,
      products: [
        level({ name: 'First <Aid>', available: 0, waiting: 2, daysLeft: 0 }),
        level({ sku: 'ACLS', name: 'ACLS', available: 4, threshold: 5 }),
      ],
    });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('Low on keys: AID (0) and ACLS (4)');
    expect(mail.text).toContain(
      '! First <Aid> (AID): None left\n  None left, and about 4.2 a day go out. Warns below 20. Waiting orders are owed 2 keys.\n',
    );
    expect(mail.text).toContain('- ACLS: 4 left\n  About 3 days left at 4.2 a day. Warns below 5.\n');
    expect(mail.text).toContain('npx keybank keys import FILE --sku SKU\n');
  });

  it.each([
    [13, 4.2, 3.1, 'About 3 days left at 4.2 a day.'],
    [5, 5, 1, 'About 1 day left at 5 a day.'],
    [5, 12.4, 0.4, 'Less than a day left at 12 a day.'],
    [9, 0.02, 450, 'More than a year left at less than 0.1 a day.'],
    [9, 0.02, null, 'More than a year left at less than 0.1 a day.'],
    [0, 0.02, 0, 'None left, and less than 0.1 a day go out.'],
    [9, 0, null, 'None sold lately.'],
    [0, 3, 0, 'None left, and about 3 a day go out.'],
  ])('says of %i keys at %f a day: %s', (available, perDay, daysLeft, words) => {
    const { text } = renderLowStock({ ...shop, products: [level({ available, perDay, daysLeft })] });
    expect(text).toContain(`\n  ${words} Warns`);
  });

  it('of a single product spells the command out', () => {
    const { text, subject } = renderLowStock({ ...shop, products: [level()] });
    expect(text).toContain('--sku AID\n');
    expect(subject).toBe('Low on keys: AID (13)');
  });

  it('stays whole in Gmail with many products', () => {
    const products = Array.from({ length: 300 }, (_, at) =>
      level({ sku: `${'S'.repeat(60)}${at}`, name: '&'.repeat(500), waiting: 9 }),
    );
    expect(gateMail(renderLowStock({ ...shop, products }))).toEqual([]);
  });
});

describe('the digest', () => {
  const level = {
    sku: 'AID',
    name: 'First Aid',
    available: 120,
    waiting: 0,
    isLow: false,
    perDay: 4,
    daysLeft: 30,
  };
  const digest = (change: Partial<DigestInput> = {}) =>
    renderDigest({
      ...shop,
      from: new Date('2026-11-22T06:05:00Z'),
      to: new Date('2026-11-23T06:05:00Z'),
      newOrders: [{ status: 'fulfilled', count: 17 }],
      openOrders: [{ status: 'held', count: 1 }],
      mails: [
        { status: 'delivered', count: 16 },
        { status: 'accepted', count: 1 },
        { status: 'queued', count: 0 },
      ],
      stock: [level],
      ...change,
    });

  it('is calm when all is well', () => {
    const mail = digest();
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('All is well: the day to 23 Nov 2026');
    expect(mail.text).toContain('New bookings: 17\nMails sent: 17\nOpen orders: 1\n');
    expect(mail.text).toContain('- Served: 17\n');
    expect(mail.text).toContain('- First Aid (AID): 120 left\n  About 30 days left at 4 a day.\n');
    expect(mail.text).not.toMatch(/^!|queued|Still to be sent/m);
  });

  it('tells in the subject what is open, and marks it', () => {
    const mail = digest({
      openOrders: [
        { status: 'waiting', count: 1 },
        { status: 'attention', count: 2 },
      ],
      mails: [
        { status: 'failed', count: 1 },
        { status: 'bounced', count: 1 },
      ],
      stock: [level, { ...level, sku: 'ACLS', available: 0, waiting: 1, isLow: true }],
    });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe(
      '1 order waits for keys, 2 orders need a person, 2 mails failed and 1 product is low: the day to 23 Nov 2026',
    );
    expect(mail.text).toContain('Open now\n! Waiting for keys: 1\n- In need of a person: 2\n');
    expect(mail.text).toContain('! Bounced: 1\n');
    expect(mail.text.indexOf('(ACLS)')).toBeLessThan(mail.text.indexOf('(AID)'));
  });

  it('says little on an empty day', () => {
    const mail = digest({ newOrders: [], openOrders: [], mails: [], stock: [] });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.text).toContain('New bookings: 0\n');
  });

  it('stays whole in Gmail with many products', () => {
    const stock = Array.from({ length: 300 }, (_, at) => ({
      ...level,
      sku: `${'S'.repeat(60)}${at}`,
      name: '&'.repeat(500),
      isLow: at > 200,
      waiting: 3,
    }));
    const mail = digest({ stock });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.text).toMatch(/And S+\d+ \(120\), .* and \d+ more\./);
  });
});

it('no admin mail is harmed by hostile facts', () => {
  const alert = { kind: 'attention' as const, orderId: HOSTILE, sku: HOSTILE, detail: HOSTILE };
  const order = { orderId: HOSTILE, keys: 1, since };
  const level = { sku: HOSTILE, name: HOSTILE, available: 1, waiting: 1, perDay: 1, daysLeft: 1 };
  const mails = [
    renderAdminAttention({ ...shop, alerts: [alert] }),
    renderAdminUrgent({ ...shop, products: [{ ...level, keysOwed: 1, orders: [order], more: 0 }] }),
    renderMailFailing({
      ...shop,
      failures: [
        {
          kind: 'mail_failed',
          orderId: HOSTILE,
          email: HOSTILE,
          name: HOSTILE,
          isWaiting: false,
          isStopped: false,
          detail: HOSTILE,
          at: since,
        },
      ],
      more: 0,
    }),
    renderLowStock({ ...shop, products: [{ ...level, threshold: 2 }] }),
    renderDigest({
      ...shop,
      ...{ from: since, to: since, newOrders: [], openOrders: [], mails: [] },
      stock: [{ ...level, isLow: true }],
    }),
  ];
  for (const { subject, html, text } of mails) {
    expect(gate(html, { filled: true })).toEqual([]);
    expect(html).not.toContain('<script');
    expect(subject + text).not.toMatch(/[\u0000\u202e\r]|\nBcc/);
    expect(text).not.toMatch(/npx keybank [^\n]*script/);
  }
});
