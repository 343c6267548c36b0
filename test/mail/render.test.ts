import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadBrand } from '../../server/mail/brand.ts';
import { renderKeyMail } from '../../server/mail/render-key.ts';
import { renderKeyWaiting } from '../../server/mail/render-waiting.ts';
import { gate, gateMail, textNodes } from './gate.ts';
import type { KeyMailInput } from '../../server/mail/render-key.ts';

// The shop's own words must not decide what is tested here.
const brand = { ...loadBrand(), name: 'Test Shop', supportEmail: '', activationUrl: '' };

function keyMail(change: Partial<KeyMailInput> & { keys?: string[] } = {}) {
  const { keys = ['AAAA-BBBB-0O0O'], ...rest } = change;
  return renderKeyMail({
    brand,
    order: { orderId: 'amelia:13', name: 'Ann' },
    products: [
      {
        name: 'First Aid',
        keys,
        activationUrl: 'https://activate.example/',
        instructions: 'Sign in.\nEnter it.',
      },
    ],
    copy: false,
    formerKeys: [],
    ...rest,
  });
}

/** A product with no more than its name and keys. */
const plain = (name: string, keys: string[]) => ({ name, keys, activationUrl: null, instructions: null });

/** Markup, a placeholder, a replacement pattern, a header, and a mark that turns the reading direction. */
const HOSTILE = '</td><script>alert(1)</script>{{orderId}}$&\r\nBcc: evil@x.example\u0000\u202e';
const TAMED = '</td><script>alert(1)</script>{{orderId}}$& Bcc: evil@x.example';

describe('the key mail', () => {
  it('passes the gate when filled, and says everything in both parts', () => {
    const mail = keyMail();
    const { subject, html, text } = mail;
    expect(gateMail(mail)).toEqual([]);
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
    for (const formerKeys of [[], ['····A1B2']]) {
      const { html, text } = keyMail({ keys: [key], formerKeys });
      expect(textNodes(html).filter((node) => node === key)).toHaveLength(1);
      expect(text.split('\n')).toContain(`    ${key}`);
    }
  });

  it('shows any printable key unbroken and unaltered', () => {
    const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(printable, (key) => {
        const { html, text } = keyMail({ keys: [`K${key}K`] });
        expect(textNodes(html).filter((node) => node === `K${key}K`)).toHaveLength(1);
        expect(text.split('\n')).toContain(`    K${key}K`);
      }),
    );
  });

  it('never puts a key into the subject or the inbox preview', () => {
    const { subject, html } = keyMail({ keys: ['SECRET-KEY'] });
    expect(subject).not.toContain('SECRET');
    expect(html.split('SECRET-KEY')).toHaveLength(2);
  });

  it('holds several keys of several products, each under its own name', () => {
    const products = [
      plain('First Aid', ['K-1', 'K-2']),
      { ...plain('Advanced', ['K-3']), activationUrl: 'https://b.example/' },
    ];
    const mail = keyMail({ products });
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('Your 3 license keys: First Aid, Advanced');
    const order = ['First Aid', 'K-1', 'K-2', 'Advanced', 'K-3'];
    expect(textNodes(mail.html).filter((node) => order.includes(node))).toEqual(order);
    expect(mail.text.indexOf('K-2')).toBeLessThan(mail.text.indexOf('Advanced\n'));
    expect(mail.html.match(/Activate your course/g)).toHaveLength(1);
  });

  it('stays whole in Gmail with 50 keys of 60 characters, the longest name, link and instructions', () => {
    const products = [
      {
        name: '&'.repeat(500),
        keys: Array.from({ length: 50 }, (_, at) => String(at).padStart(60, '&')),
        activationUrl: `https://a.example/${'a&'.repeat(990)}`,
        instructions: 'x\n'.repeat(2500),
      },
    ];
    const formerKeys = Array.from({ length: 50 }, () => '····A1B2');
    for (const copy of [false, true]) expect(gateMail(keyMail({ products, copy, formerKeys }))).toEqual([]);
  });

  it('stays whole in Gmail with 50 keys of ten products', () => {
    const products = Array.from({ length: 10 }, (_, at) => ({
      ...plain(
        `Course ${at} ${'of many words '.repeat(10)}`,
        Array.from({ length: 5 }, (_key, n) => `${at}${n}`.padStart(60, '&')),
      ),
      activationUrl: `https://a.example/${'a'.repeat(100)}`,
      instructions: 'A line of help.\n'.repeat(10),
    }));
    expect(gateMail(keyMail({ products }))).toEqual([]);
  });

  it('is not harmed by a hostile name', () => {
    const { subject, html, text } = keyMail({
      order: { orderId: 'amelia:13', name: HOSTILE },
      products: [{ ...plain(HOSTILE, ['K-1']), instructions: HOSTILE.replace('\r\n', ' ') }],
    });
    expect(gate(html.replaceAll('{{orderId}}', ''), { filled: true })).toEqual([]);
    expect(textNodes(html)).toContain(`Hello ${[...TAMED].slice(0, 80).join('')},`);
    expect(textNodes(html)).toContain(TAMED);
    expect(subject).toBe(`Your license key: ${TAMED}`);
    expect(text).toContain(`\n${TAMED}\n`);
    expect(subject + text).not.toMatch(/[\u0000\u202e\r]/);
  });

  it('stays one mail with its own markup only, whatever is booked', () => {
    const words = fc.string({ unit: 'binary', maxLength: 300 });
    const markup = (html: string) => html.replace(/>[^<]*</g, '><').replace(/href="[^"]*"/g, 'href');
    const expected = markup(keyMail({ products: [{ ...plain('A', ['K']), instructions: 'x' }] }).html);
    fc.assert(
      fc.property(words, words, words, (name, product, line) => {
        const { subject, html, text } = keyMail({
          order: { orderId: 'amelia:13', name },
          products: [{ ...plain(product, ['K']), instructions: `x${line.replace(/[\r\n]/g, '')}` }],
        });
        expect(markup(html)).toBe(expected);
        expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect([...subject].length).toBeLessThanOrEqual(120);
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it.each(['javascript:alert(1)', 'http://shop.example/', 'http://localhost/', 'https://a"onclick="x', ''])(
    'goes out without its button when the link is %j',
    (activationUrl) => {
      const mail = keyMail({ products: [{ ...plain('A', ['K']), activationUrl }] });
      expect(mail.html).not.toContain('<a ');
      expect(mail.html).toContain('>K<');
      expect(mail.text).not.toContain('Activate');
      expect(gateMail(mail)).toEqual([]);
    },
  );

  it('uses the activation link and support address of the brand', () => {
    const { html, text } = keyMail({
      brand: { ...brand, supportEmail: 'help@shop.example', activationUrl: 'https://go.example/' },
      products: [plain('A', ['K'])],
    });
    for (const part of [html, text]) expect(part).toMatch(/https:\/\/go\.example\/[\s\S]*help@shop\.example/);
  });

  it.each([
    ['AAAA-0BBB', true],
    ['AAAA-OBBB', true],
    ['AAAA-1BBB', false],
  ])('of the key %s explains zero and O only where one of them stands', (key, explains) => {
    const mail = keyMail({ keys: [key] });
    for (const part of [mail.html, mail.text])
      expect(part.includes('0 is zero, O is the letter')).toBe(explains);
    expect(gateMail(mail)).toEqual([]);
    expect(mail.text).not.toMatch(/\n{4}/);
  });

  it('says so when it is a copy, and which keys no longer work if some do not', () => {
    expect(keyMail({ copy: true }).subject).toBe('A copy of your license key: First Aid');
    expect(keyMail({ copy: true }).text).toContain('Nothing has changed');
    const { subject, text } = keyMail({ copy: true, formerKeys: ['····A1B2'] });
    expect(subject).toBe('A copy of your license key: First Aid');
    expect(text).toContain('Here is your license key once more. The former key ····A1B2 no longer works.');
    expect(text).not.toContain('Nothing has changed');
  });

  it.each([
    [
      ['K'],
      ['····A1B2'],
      'Your new license key: First Aid',
      'Your license key was replaced.',
      'The former key ····A1B2 no longer works.',
    ],
    [
      ['K', 'L', 'M'],
      ['····A1B2', '····C3D4'],
      'Your license keys have changed: First Aid',
      'License keys of your booking were replaced.',
      'The former keys ····A1B2 and ····C3D4 no longer work.',
    ],
    [
      ['K', 'L'],
      ['····A1B2', '····C3D4'],
      'Your license keys have changed: First Aid',
      'License keys of your booking were replaced.',
      'The former keys ····A1B2 and ····C3D4 no longer work.',
    ],
  ])('with keys %j instead of %j says what was replaced', (keys, formerKeys, subject, intro, former) => {
    const mail = keyMail({ keys, formerKeys });
    expect(mail.subject).toBe(subject);
    expect(gateMail(mail)).toEqual([]);
    for (const part of [mail.html, mail.text]) {
      expect(part).toContain(intro);
      expect(part).toContain(former);
      for (const key of keys) expect(part).toMatch(new RegExp(`[> ]${key}[<\n]`));
    }
  });

  it('is refused without a key', () => {
    expect(() => keyMail({ keys: [] })).toThrow('needs a key');
  });
});

describe('the waiting notice', () => {
  const notice = (quantity: number, name = 'Ann') =>
    renderKeyWaiting({
      brand,
      order: { orderId: 'amelia:13', name },
      products: [{ name: 'First Aid', quantity }],
    });

  it('says what is to come and that nothing need be done, and promises no time', () => {
    const mail = notice(1);
    expect(gateMail(mail)).toEqual([]);
    expect(mail.subject).toBe('Your license key is on its way: First Aid');
    for (const part of [mail.html, mail.text]) {
      expect(part).toContain('We are out of keys at the moment');
      expect(part).toContain('keys go out in the order of booking');
      expect(part).toContain('You need not do anything.');
      expect(part).toContain('amelia:13');
      expect(part).not.toMatch(/\b(hours?|days?|soon|shortly|today|tomorrow)\b(?! as)/i);
    }
  });

  it('counts the keys', () => {
    const { subject, text } = notice(3);
    expect(subject).toBe('Your 3 license keys are on their way: First Aid');
    expect(text).toContain('First Aid\n3 license keys\n');
  });

  it('is not harmed by a hostile name', () => {
    const { html, text } = notice(1, HOSTILE);
    expect(gate(html.replaceAll('{{orderId}}', ''), { filled: true })).toEqual([]);
    expect(text).not.toMatch(/[\u0000\u202e\r]/);
  });

  it('is refused when no key is owed', () => {
    expect(() => notice(0)).toThrow('a key that is owed');
  });
});
