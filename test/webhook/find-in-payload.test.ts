import { describe, expect, test } from 'vitest';
import {
  cleanCoupon,
  cleanEmail,
  cleanId,
  cleanLine,
  cleanLocale,
} from '../../server/webhook/clean-values.ts';
import { findCoupon, isCouponLabel } from '../../server/webhook/find-coupon.ts';
import { asList, at, decode, findEmail, membersOf } from '../../server/webhook/find-in-payload.ts';
import type { Json } from '../../server/webhook/safe-json.ts';

describe('decoding', () => {
  test('looks through JSON in strings, up to three encodings', () => {
    const value: Json = { a: 1 };
    let text = JSON.stringify(value);
    for (let round = 1; round <= 3; round++) {
      expect(decode(text)).toEqual(value);
      text = JSON.stringify(text);
    }
    expect(decode(text)).toBe(text);
  });

  test.each(['plain', '{broken', '"quoted"', '[', '', 'null', '12'])('leaves %j as it is', (text) => {
    expect(decode(text)).toBe(text);
  });

  test('refuses JSON in a string that is nested too deep', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(decode(deep)).toBe(deep);
  });
});

describe('lists', () => {
  test.each<[Json, Json[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [{ 0: 'a', 1: 'b' }, ['a', 'b']],
    [{ 1: 'b', 3: 'd' }, ['b', 'd']],
    ['["a"]', ['a']],
    [[], []],
    [{}, []],
    ['[]', []],
    [null, []],
    ['text', []],
    [{ a: 1 }, []],
  ])('%j holds %j', (value, list) => {
    expect(asList(value)).toEqual(list);
  });

  test('give the path of each member, through strings', () => {
    const place = at({ value: { fields: '{"2":{"value":"x"}}' }, where: 'args.0' }, 'fields');
    expect(membersOf(place).map(({ where }) => where)).toEqual(['args.0.fields.2']);
    expect(at(place, '2', 'value')).toEqual({ value: 'x', where: 'args.0.fields.2.value' });
  });

  test('of PHP may be empty where an object was expected', () => {
    expect(at({ value: { customer: [] }, where: '' }, 'customer', 'email').value).toBeUndefined();
  });

  test('have no inherited members', () => {
    expect(at({ value: { a: {} }, where: '' }, 'a', 'constructor').value).toBeUndefined();
    expect(at({ value: { a: [] }, where: '' }, 'a', 'length').value).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  test.each([
    ['ada@example.test', 'ada@example.test'],
    ['  ADA+Key@Example.Test ', 'ada+key@example.test'],
    ["o'neil@sub.example-shop.co.uk", "o'neil@sub.example-shop.co.uk"],
    ['ada@bücher.example', 'ada@bücher.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ])('%j is kept as %s', (text, email) => {
    expect(cleanEmail(text)).toBe(email);
  });

  test.each([
    '',
    'ada',
    'ada@',
    '@example.test',
    'ada@localhost',
    'ada@example',
    'ada@example.1',
    'ada@-example.test',
    'ada@example..test',
    '.ada@example.test',
    'ada..b@example.test',
    'a b@example.test',
    'ada@example.test,eve@example.test',
    'ada@example.test;eve@example.test',
    'ada@example.test\r\nBcc: eve@example.test',
    'ada@example.test\u0000',
    'ada@example.test\u2028',
    'ada@exa\tmple.test',
    'Ada <ada@example.test>',
    '<ada@example.test>',
    '"ada"@example.test',
    'mailto:ada@example.test',
    'ada@[127.0.0.1]',
    'ada@ｅxample.test',
    `${'a'.repeat(65)}@example.test`,
    `ada@${'a.'.repeat(130)}test`,
  ])('%j is none', (text) => {
    expect(cleanEmail(text)).toBeNull();
  });

  test('is the first usable one; later ones are alternates, each once', () => {
    const places = [null, '', 'broken', 'Ada@example.test', 'ada@example.test', 'grace@example.test'].map(
      (value, i) => ({
        value,
        where: String(i),
      }),
    );
    expect(findEmail(places)).toEqual({
      email: { value: 'ada@example.test', where: '3' },
      alternates: [{ value: 'grace@example.test', where: '5' }],
      remarks: ['The e-mail at 2 was not used: it is not a valid address.'],
    });
  });
});

describe('coupons', () => {
  test.each([
    'Promo code',
    'promo-code',
    'PROMOCODE',
    'Coupon',
    'Coupon code (optional)',
    'Do you have a voucher?',
    'Discount code',
    'discountCode',
    'Gutschein',
    'Gutscheincode',
    'Rabattcode',
    'Code promo',
    'Code de réduction',
    'Código promocional',
    'Código de descuento',
    'Codice sconto',
    'Kortingscode',
    'Promo',
  ])('are asked for by the label %j', (label) => {
    expect(isCouponLabel(label)).toBe(true);
  });

  test.each([
    'Licence name',
    'Code',
    'Postcode',
    'coupons',
    'couponId',
    'coupon_id',
    'Voucher recipient name',
    'Send me promotional e-mails',
    'Discount',
    '',
  ])('are not asked for by the label %j', (label) => {
    expect(isCouponLabel(label)).toBe(false);
  });

  const inNote = (note: string): string | undefined =>
    findCoupon({ codes: [], customFields: [], notes: [{ value: note, where: 'notes' }], labels: null }).coupon
      ?.value;

  test.each([
    ['promo code KEY10 please', 'KEY10'],
    ['My voucher code is: "SUMMER-24"', 'SUMMER-24'],
    ['Gutschein HALLO bitte', 'HALLO'],
    ['coupon=abc123', 'abc123'],
    ['I lost my coupon, please call', undefined],
    ['coupon please', undefined],
    ['PROMO CODE PLEASE', undefined],
    ['the code is 1234', undefined],
  ])('in the note %j are %s', (note, code) => {
    expect(inNote(note)).toBe(code);
  });

  test('that say no are none', () => {
    const fields = ['No', 'n/a', '-', ' ', null, [], ['nein'], {}].map((value, id) => ({
      id,
      label: 'Coupon',
      value,
    }));
    const customFields = [{ value: fields, where: 'f' }];
    expect(findCoupon({ codes: [], customFields, notes: [], labels: null }).coupon).toBeNull();
  });

  test('are trimmed, freed of control characters, and cut at 100 without halving an emoji', () => {
    expect(cleanCoupon('  KEY\u000010\r\n ')).toEqual({ code: 'KEY10', cut: false });
    expect(cleanCoupon(' \t ')).toBeNull();
    expect(cleanCoupon('🎟'.repeat(101))).toEqual({ code: '🎟'.repeat(100), cut: true });
  });
});

describe('other values', () => {
  test('ids are positive numbers without leading zeros, or short words', () => {
    expect([7, '7', ' 007 ', 'A-7', '4.2'].map(cleanId)).toEqual(['7', '7', '7', 'A-7', '4.2']);
    expect([0, '0', '000', -1, 1.5, 2 ** 53, '', 'a b', 'package:7', null, true, {}].map(cleanId)).toEqual(
      Array(12).fill(null),
    );
  });

  test('lines lose control characters and bidi overrides, and keep joined emoji', () => {
    expect(cleanLine(' Ada\r\nLove\u202Elace 👩‍🚀 ', 200)).toBe('Ada Love lace 👩‍🚀');
    expect(cleanLine('\u0007', 200)).toBeNull();
    expect(cleanLine('é'.repeat(300), 200)).toHaveLength(200);
  });

  test('locales are locale names', () => {
    expect(['en_US', 'de', 'pt-BR', 'sr_Latn_RS', 'en_US; DROP', 'x', ''].map(cleanLocale)).toEqual([
      'en_US',
      'de',
      'pt-BR',
      'sr_Latn_RS',
      null,
      null,
      null,
    ]);
  });
});
