import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBody } from '../../server/webhook/parse-body.ts';

const FORM = 'application/x-www-form-urlencoded';

function parse(text: string, contentType?: string): ReturnType<typeof parseBody> {
  return parseBody(new TextEncoder().encode(text), contentType);
}

describe('JSON', () => {
  test.each([undefined, 'application/json', 'text/plain', FORM, 'nonsense'])(
    'is read whatever the content type says (%s)',
    (type) => {
      expect(parse('{"id":1,"a":[null,true]}', type)).toEqual({
        ok: true,
        value: { id: 1, a: [null, true] },
      });
    },
  );

  test('may begin with a byte-order mark and white space', () => {
    expect(parse('\uFEFF \n{"id":1}')).toEqual({ ok: true, value: { id: 1 } });
  });

  test('of one object in a list is that object', () => {
    expect(parse('[{"id":1}]')).toEqual({ ok: true, value: { id: 1 } });
  });

  test.each([
    ['[]', 'the body is a list of 0, not one booking'],
    ['[1]', 'the body is a list of 1, not one booking'],
    ['[{},{}]', 'the body is a list of 2, not one booking'],
    ['"{\\"id\\":1}"', 'the body is a JSON string, not an object'],
    ['null', 'the body is a JSON null, not an object'],
    ['42', 'the body is a JSON number, not an object'],
    ['', 'the body is empty'],
    [' \n', 'the body is empty'],
    ['{"secret":"x"', 'not valid JSON'],
    ['hello there', 'not valid JSON'],
  ])('%j is refused because %s', (text, why) => {
    expect(parse(text)).toEqual({ ok: false, why });
  });

  test('nested 10,000 deep is refused before anything walks it', () => {
    for (const text of [
      '['.repeat(10_000),
      '{"a":'.repeat(10_000),
      `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    ]) {
      expect(parse(text)).toEqual({ ok: false, why: 'JSON is nested more than 64 levels deep' });
    }
  });

  test('nested 64 deep is read, and brackets in strings do not count', () => {
    expect(parse(`${'{"a":'.repeat(63)}{}${'}'.repeat(63)}`).ok).toBe(true);
    expect(parse(JSON.stringify({ a: `\\"${'['.repeat(10_000)}` })).ok).toBe(true);
  });

  test('drops the keys that reach a prototype, at any depth', () => {
    const text =
      '{"__proto__":{"x":1},"a":{"constructor":{"prototype":{"x":1}},"prototype":2,"b":3},"l":[{"__proto__":4}]}';
    const parsed = parse(text);
    expect(parsed).toEqual({ ok: true, value: { a: { b: 3 }, l: [{}] } });
    expect(parsed.ok && Object.getPrototypeOf(parsed.value)).toBeNull();
    expect('x' in {}).toBe(false);
  });

  test('loses its NUL bytes and lone surrogates, which no database takes', () => {
    expect(parse('{"a\\u0000b":"x\\u0000y","c":"\\ud800z","d":"👩‍🚀"}')).toEqual({
      ok: true,
      value: { ab: 'xy', c: '\uFFFDz', d: '👩‍🚀' },
    });
  });

  test('keeps the last of two equal keys', () => {
    expect(parse('{"id":1,"id":2}')).toEqual({ ok: true, value: { id: 2 } });
  });

  test('with invalid UTF-8 is read with replacement characters', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(parseBody(bytes, undefined)).toEqual({ ok: true, value: { a: '\uFFFD\uFFFD' } });
  });
});

describe('a form', () => {
  test('nests by brackets as PHP writes them', () => {
    expect(parse('a[b][0]=c&a[b][1]=d&a[e]=f+g%21&h[]=1&h[]=2&i=', FORM)).toEqual({
      ok: true,
      value: { a: { b: { 0: 'c', 1: 'd' }, e: 'f g!' }, h: { 0: '1', 1: '2' }, i: '' },
    });
  });

  test('is told by its shape when the content type lies', () => {
    expect(parse('id=1&email=ada%40example.test', 'application/json')).toEqual({
      ok: true,
      value: { id: '1', email: 'ada@example.test' },
    });
  });

  test('may hold JSON in a field', () => {
    expect(parse(`payload=${encodeURIComponent('{"id":1}')}&x=%7Bno`, FORM)).toEqual({
      ok: true,
      value: { payload: { id: 1 }, x: '{no' },
    });
  });

  test('drops the keys that reach a prototype', () => {
    expect(parse('__proto__[x]=1&a[__proto__][x]=1&a[constructor]=2&a[b]=3', FORM)).toEqual({
      ok: true,
      value: { a: { b: '3' } },
    });
    expect('x' in {}).toBe(false);
  });

  test('nested too deep, or without any usable field, is refused', () => {
    expect(parse(`a${'[b]'.repeat(10_000)}=c`, FORM)).toEqual({
      ok: false,
      why: 'a form field is nested more than 64 deep',
    });
    expect(parse('__proto__=1', FORM)).toEqual({ ok: false, why: 'the form has no usable field' });
    expect(parse('--x\r\n', 'multipart/form-data; boundary=x').ok).toBe(false);
  });

  test('lets a later field replace an earlier one of another shape', () => {
    expect(parse('a=1&a[b]=2', FORM)).toEqual({ ok: true, value: { a: { b: '2' } } });
    expect(parse('a[b]=2&a=1', FORM)).toEqual({ ok: true, value: { a: '1' } });
  });
});

describe('any bytes at all', () => {
  const types = fc.constantFrom(undefined, 'application/json', FORM, 'multipart/form-data');

  test('are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), types, (bytes, type) => {
        expect(typeof parseBody(bytes, type).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  test('that look like JSON or a form are read or refused, never thrown at', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'a',
      '=',
      '&',
      '%',
      '[b]',
      '__proto__',
      '\0',
      '\ud800',
      '1',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), types, (parts, type) => {
        const parsed = parse(parts.join(''), type);
        expect(parsed.ok ? Object.hasOwn(parsed.value, '__proto__') : false).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of JSON objects come back as they were', () => {
    const keys = fc
      .string({ unit: 'grapheme' })
      .filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key));
    const values = fc.dictionary(
      keys,
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\u0000'));
        expect(parse(text)).toEqual({ ok: true, value });
      }),
    );
  });
});
