import { describe, expect, it } from 'vitest';
import { renderAdminUrgent, renderKeyMail, renderLowStock } from '../../server/mail/render.ts';
import { gate, textNodes } from './gate.ts';
import type { KeyMailInput } from '../../server/mail/render.ts';

const brand = { name: 'Key Bank', supportEmail: '', activationUrl: '' };

function keyMail(change: Partial<KeyMailInput> & { keys?: string[] } = {}) {
  const { keys = ['AAAA-BBBB-0O0O'], ...rest } = change;
  return renderKeyMail({
    brand,
    order: { orderId: 'amelia:13', name: 'Ann', email: 'ann@buyer.example' },
    products: [
      {
        name: 'First Aid',
        keys,
        activationUrl: 'https://activate.example/',
        instructions: 'Sign in.\nEnter it.',
      },
    ],
    copy: false,
    ...rest,
  });
}

describe('the key mail', () => {
  it('passes the gate when filled, and says everything in both parts', () => {
    const { subject, html, text } = keyMail();
    expect(gate(html, { filled: true })).toEqual([]);
    expect(subject).toBe('Your license key: First Aid');
    for (const words of [
      'Hello Ann,',
      'First Aid',
      'AAAA-BBBB-0O0O',
      'Sign in.',
      'Enter it.',
      'https://activate.example/',
      'amelia:13',
    ]) {
      expect(html).toContain(words);
      expect(text).toContain(words);
    }
  });

  it.each([
    'A&B<C>"D\'',
    'ABCDEFGHIJ'.repeat(6),
    'AAAA-BBBB-CCCC-DDDD',
    'two  spaces inside',
    '{{key}}$&',
    'ключ-0O',
  ])('shows the key %j as one unbroken text node, equal to the input', (key) => {
    const { html, text } = keyMail({ keys: [key] });
    expect(textNodes(html).filter((node) => node === key)).toHaveLength(1);
    expect(text.split('\n')).toContain(`    ${key}`);
  });

  it('never puts a key into the subject or the inbox preview', () => {
    const { subject, html } = keyMail({ keys: ['SECRET-KEY'] });
    expect(subject).not.toContain('SECRET');
    expect(html.split('SECRET-KEY')).toHaveLength(2);
  });

  it('holds several keys of several products, each under its own name', () => {
    const products = [
      { name: 'First Aid', keys: ['K-1', 'K-2'], activationUrl: null, instructions: null },
      { name: 'Advanced', keys: ['K-3'], activationUrl: 'https://b.example/', instructions: null },
    ];
    const { subject, html, text } = keyMail({ products });
    expect(gate(html, { filled: true })).toEqual([]);
    expect(subject).toBe('Your 3 license keys: First Aid, Advanced');
    const order = ['First Aid', 'K-1', 'K-2', 'Advanced', 'K-3'];
    expect(textNodes(html).filter((node) => order.includes(node))).toEqual(order);
    expect(text.indexOf('K-2')).toBeLessThan(text.indexOf('Advanced\n'));
    expect(html.match(/Activate your course/g)).toHaveLength(1);
  });

  it('stays whole in Gmail with 50 keys of 60 characters', () => {
    const keys = Array.from({ length: 50 }, (_, at) => String(at).padStart(60, 'K'));
    expect(gate(keyMail({ keys }).html, { filled: true })).toEqual([]);
  });

  it('is not harmed by a hostile name', () => {
    const name = '</td><script>alert(1)</script>{{orderId}}$&\r\nBcc: evil@x.example\u0000\u202e';
    const { html, text } = keyMail({ order: { orderId: 'amelia:13', name, email: 'a@b.example' } });
    expect(gate(html.replace('{{orderId}}', ''), { filled: true })).toEqual([]);
    expect(textNodes(html)).toContain(
      'Hello </td><script>alert(1)</script>{{orderId}}$& Bcc: evil@x.example,',
    );
    expect(text).toContain('{{orderId}}$& Bcc: evil@x.example,\n');
    expect(text).not.toMatch(/[\u0000\u202e\r]/);
  });

  it('keeps its subject on one line and short', () => {
    const products = [
      {
        name: `A\r\nBcc: evil@x.example\u0007${'x'.repeat(300)}`,
        keys: ['K'],
        activationUrl: null,
        instructions: null,
      },
    ];
    const { subject } = keyMail({ products });
    expect(subject).toMatch(/^Your license key: A Bcc: evil@x\.example x+…$/);
    expect([...subject].length).toBeLessThanOrEqual(120);
  });

  it('goes out without its button when the link is no https address', () => {
    const products = [{ name: 'A', keys: ['K'], activationUrl: 'javascript:alert(1)', instructions: null }];
    const { html, text } = keyMail({ products });
    expect(html + text).not.toContain('javascript');
    expect(html).toContain('>K<');
  });

  it('uses the activation link and support address of the brand', () => {
    const products = [{ name: 'A', keys: ['K'], activationUrl: null, instructions: null }];
    const { html, text } = keyMail({
      brand: { name: 'Shop', supportEmail: 'help@shop.example', activationUrl: 'https://go.example/' },
      products,
    });
    for (const part of [html, text]) expect(part).toMatch(/https:\/\/go\.example\/[\s\S]*help@shop\.example/);
  });

  it.each([
    ['AAAA-0BBB', true],
    ['AAAA-OBBB', true],
    ['AAAA-1BBB', false],
  ])('of the key %s explains zero and O only where one of them stands', (key, explains) => {
    const { html, text } = keyMail({ keys: [key] });
    for (const part of [html, text]) expect(part.includes('0 is zero, O is the letter')).toBe(explains);
    expect(gate(html, { filled: true })).toEqual([]);
    expect(text).not.toMatch(/\n{4}/);
  });

  it('says so when it is a copy', () => {
    expect(keyMail({ copy: true })).toMatchObject({ subject: 'A copy of your license key: First Aid' });
  });

  it('is refused without a key', () => {
    expect(() => keyMail({ keys: [] })).toThrow('needs a key');
  });
});

describe('the urgent mail', () => {
  const alert = (at: number) => ({
    kind: 'out_of_stock' as const,
    orderId: `amelia:${at}`,
    sku: 'AID',
    detail: 'no free key is left',
  });

  it('joins a thousand shortages and names every order', () => {
    const alerts = Array.from({ length: 1000 }, (_, at) => alert(at));
    const { subject, html, text } = renderAdminUrgent({ brand, alerts, publicUrl: 'https://keys.example' });
    expect(subject).toBe('Key Bank: Out of stock (1000)');
    expect(gate(html, { filled: true })).toEqual([]);
    expect(html.match(/AID: no free key is left/g)).toHaveLength(1);
    for (const part of [html, text])
      for (const { orderId } of alerts) expect(part).toMatch(new RegExp(`${orderId}\\b`));
  });

  it('stays whole with 2,000 different sentences of every kind', () => {
    const kinds = [
      'out_of_stock',
      'attention',
      'conflict',
      'cancelled_seen',
      'mail_failed',
      'unreadable',
    ] as const;
    const alerts = Array.from({ length: 2000 }, (_, at) => ({
      kind: kinds[at % kinds.length] ?? 'attention',
      orderId: `amelia:${at}`,
      sku: null,
      detail: `${at} ${'words '.repeat(100)}`,
    }));
    const { html } = renderAdminUrgent({ brand, alerts, publicUrl: 'https://keys.example' });
    expect(gate(html, { filled: true })).toEqual([]);
    for (const { orderId } of alerts) expect(html).toMatch(new RegExp(`${orderId}\\b`));
  });

  it('names a way out that exists, and which server speaks, without a link', () => {
    const kinds = ['out_of_stock', 'attention', 'conflict', 'mail_failed', 'unreadable'] as const;
    const alerts = kinds.map((kind) => ({ ...alert(1), kind }));
    const { html, text } = renderAdminUrgent({ brand, alerts, publicUrl: 'https://keys.example' });
    expect(html).not.toContain('<a ');
    expect(html + text).not.toMatch(/console/i);
    expect(text).toContain('https://keys.example');
    for (const command of [
      'keys import FILE --sku SKU',
      'orders show ORDER',
      'products map …',
      'orders resend ORDER --reason TEXT',
      'deliveries replay DELIVERY --reason TEXT',
    ])
      expect(text).toContain(`npx keybank ${command}`);
  });

  it('does not repeat an order that the sentence names', () => {
    const detail = 'amelia:1 waits for 1 × AID';
    const { text } = renderAdminUrgent({
      brand,
      alerts: [{ ...alert(1), detail }],
      publicUrl: 'http://k.lan',
    });
    expect(text.match(/amelia:1\b/g)).toHaveLength(1);
  });
});

describe('the low-stock mail', () => {
  it('names every product with what is left and what is owed', () => {
    const { subject, html, text } = renderLowStock({
      brand,
      products: [
        { sku: 'AID', name: 'First <Aid>', available: 0, waiting: 2, threshold: 10 },
        { sku: 'ACLS', name: 'ACLS', available: 4, waiting: 0, threshold: 5 },
      ],
      publicUrl: 'http://localhost:8080',
    });
    expect(gate(html, { filled: true })).toEqual([]);
    expect(subject).toBe('Key Bank: low on keys for AID (0), ACLS (4)');
    expect(text).toContain(
      '- First <Aid> (AID): 0 left\n  Warns below 10. Waiting orders are owed 2 keys.\n',
    );
    expect(text).toContain('- ACLS: 4 left\n  Warns below 5.\n');
  });
});
