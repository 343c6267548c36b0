import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalize } from '../../server/webhook/normalize.ts';
import { parseBody } from '../../server/webhook/parse-body.ts';
import type { Json, JsonObject } from '../../server/webhook/safe-json.ts';
import { stripSecrets, stripSecretsFromBytes } from '../../server/webhook/strip-secrets.ts';
import { payloadBytes } from './payloads.ts';

const FORM = 'application/x-www-form-urlencoded';
const CANCEL =
  'http://127.0.0.1/wp-admin/admin-ajax.php?action=x&call=/bookings/cancel/13&token=39006fd5c6&type=event';
const files = readdirSync(new URL('../fixtures/payloads/', import.meta.url)).map((name) =>
  name.replace(/\.json$/, ''),
);

function stripText(text: string, contentType?: string): string {
  return Buffer.from(stripSecretsFromBytes(Buffer.from(text), contentType)).toString();
}

describe('a delivered value', () => {
  test('loses its tokens, cancel and panel URLs, and keeps all else', () => {
    const value: Json = {
      id: 13,
      token: '39006fd5c6',
      cancelUrl: CANCEL,
      customerPanelUrl: 'https://shop.example/panel?x=1',
      customerCabinetUrl: 'https://shop.example/cabinet',
      packageCustomerToken: 'aa11bb22cc',
      customer: { email: 'ada@example.test', note: null },
      list: [{ Token: 5 }, 'text', 1.5, true],
    };
    expect(stripSecrets(value)).toEqual({
      id: 13,
      customer: { email: 'ada@example.test', note: null },
      list: [{}, 'text', 1.5, true],
    });
  });

  test('keeps fields that say there is no token', () => {
    const value: Json = {
      token: null,
      packageCustomerToken: null,
      customerCabinetUrl: '',
      compound_token: null,
    };
    expect(stripSecrets(value)).toEqual(value);
  });

  test('keeps which rows are one order, as a digest that stays the same when stripped again', () => {
    const once = stripSecrets({
      compound_token: '502c1ad09885dff34b2992397a006cee',
      collaborative_token: 'x',
    });
    expect(once).toEqual({
      compound_token: expect.stringMatching(/^sha256:[0-9a-f]{24}$/),
      collaborative_token: expect.stringMatching(/^sha256:[0-9a-f]{24}$/),
    });
    expect(stripSecrets(once)).toEqual(once);
    expect(stripSecrets({ text: JSON.stringify(once) })).toEqual({ text: JSON.stringify(once) });
  });

  test('loses token parameters in every URL, also a percent-encoded one', () => {
    expect(
      stripSecrets({
        request: '/wp-admin/admin-ajax.php?call=/bookings/cancel/2&token=dec55e95f9&type=appointment',
        back: 'https://x.example/?to=%2Fcancel%3Ftoken%3Ddec55e95f9%26a%3D1',
        words: 'a token of thanks; token: none',
      }),
    ).toEqual({
      request: '/wp-admin/admin-ajax.php?call=/bookings/cancel/2&token=&type=appointment',
      back: 'https://x.example/?to=%2Fcancel%3Ftoken%3D',
      words: 'a token of thanks; token: none',
    });
  });

  test('loses a token in other texts too, once it was seen under its key', () => {
    expect(
      stripSecrets({ token: 'dec55e95f9', links: ['https://x.example/c/dec55e95f9/2'], dec55e95f9: 1 }),
    ).toEqual({
      links: ['https://x.example/c//2'],
      '': 1,
    });
  });

  test('loses tokens in JSON inside strings, also encoded twice; a string without one stays byte for byte', () => {
    const inner = JSON.stringify({ token: 'dec55e95f9', keep: [1] });
    expect(stripSecrets({ a: inner, b: JSON.stringify(inner), c: '{ "keep" : 1.0 }' })).toEqual({
      a: '{"keep":[1]}',
      b: '"{\\"keep\\":[1]}"',
      c: '{ "keep" : 1.0 }',
    });
  });

  test('is copied, not changed', () => {
    const value: Json = { token: 'dec55e95f9', a: { token: 'x' } };
    stripSecrets(value);
    expect(value).toEqual({ token: 'dec55e95f9', a: { token: 'x' } });
  });
});

describe('delivered bytes', () => {
  test('without a secret are kept to the byte', () => {
    for (const text of [
      '{ "id" : 1.0,\n"email":"ada@example.test","token":null }',
      'id=1&email=ada%40example.test',
      'not json',
      '',
    ]) {
      const raw = Buffer.from(text);
      expect(stripSecretsFromBytes(raw, undefined)).toBe(raw);
    }
    const binary = Uint8Array.from([0, 255, 254, 123]);
    expect(stripSecretsFromBytes(binary, undefined)).toBe(binary);
  });

  test('of a form are re-encoded without its secrets', () => {
    const form = new URLSearchParams({
      'b[token]': 'dec55e95f9',
      'b[id]': '2',
      url: CANCEL,
      data: '{"token":"dec55e95f9"}',
    });
    expect([...new URLSearchParams(stripText(form.toString(), FORM))]).toEqual([
      ['b[id]', '2'],
      ['url', CANCEL.replace('39006fd5c6', '')],
      ['data', '{}'],
    ]);
  });

  test('that cannot be parsed are scrubbed as text', () => {
    expect(stripText('{"token":"dec55e95f9", "a": {"compound_token" : "502c1a"')).toBe(
      '{"token":"", "a": {"compound_token" : ""',
    );
    expect(stripText('{"url":"https://x.example/?token=dec55e95f9"')).toBe(
      '{"url":"https://x.example/?token="',
    );
    expect(stripText('x "cancelUrl":"https://x.example/c/1"')).toBe('x "cancelUrl":""');
  });

  test('hide no token behind a second key of the same name, or behind __proto__', () => {
    expect(stripText('{"id":1,"token":"dec55e95f9","token":null}')).not.toContain('dec55e95f9');
    expect(stripText('{"id":1,"__proto__":{"token":"dec55e95f9"}}')).not.toContain('dec55e95f9');
  });

  test.each(files)('of the recorded %s lose every token and keep every meaning', (name) => {
    const raw = payloadBytes(name);
    const text = raw.toString('utf8');
    const secrets = [...text.matchAll(/token\\*["`]?\s*[:=]\s*\\*["']?([0-9a-f]{10,32})/g)].map(
      (match) => match[1] ?? '',
    );
    const stripped = stripSecretsFromBytes(raw, 'application/json');
    const kept = Buffer.from(stripped).toString('utf8');
    for (const secret of secrets) expect(kept).not.toContain(secret);
    expect(Buffer.from(stripSecretsFromBytes(stripped, 'application/json')).toString('utf8')).toBe(kept);
    const [before, after] = [parseBody(raw, undefined), parseBody(stripped, undefined)];
    expect(after.ok).toBe(before.ok);
    const source = name.startsWith('bookly') ? 'bookly' : 'amelia';
    if (before.ok && after.ok) {
      expect(normalize({ source, body: after.value })).toEqual(normalize({ source, body: before.value }));
    }
  });
});

describe('whatever is delivered', () => {
  const token = fc.stringMatching(/^[0-9a-f]{4}x[0-9a-f]{11}$/);
  const key = fc.constantFrom(
    'token',
    'Token',
    'compound_token',
    'collaborative_token',
    'packageCustomerToken',
    'csrf_token',
  );
  const noise = fc.string({ maxLength: 12 });

  /** The same secret where senders put it: under a key, in a URL, in JSON in a string, in a path. */
  const delivery = fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      noise,
      fc.constantFrom(
        'SECRET',
        'https://x.example/?a=1&token=SECRET',
        '/cancel/SECRET/1',
        '{"token":"SECRET"}',
        "`token` = 'SECRET'",
      ),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(noise, tie('node'), { maxKeys: 4 }),
      tie('node').map((node) => JSON.stringify(node)),
    ),
  })).node;

  test('no token of it is left anywhere', () => {
    fc.assert(
      fc.property(delivery, key, token, (tree, name, secret) => {
        const text = JSON.stringify({ [name]: 'SECRET', tree }).replaceAll('SECRET', secret);
        const raw = Buffer.from(text);
        expect(stripText(text)).not.toContain(secret);
        expect(JSON.stringify(stripSecrets(object(raw)))).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  test('stripping twice is stripping once', () => {
    fc.assert(
      fc.property(delivery, key, token, (tree, name, secret) => {
        const text = JSON.stringify({ [name]: 'SECRET', tree }).replaceAll('SECRET', secret);
        const once = stripText(text);
        expect(stripText(once)).toBe(once);
      }),
    );
  });

  test('any bytes are answered with bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(undefined, 'application/json', FORM),
        (raw, type) => {
          expect(stripSecretsFromBytes(raw, type)).toBeInstanceOf(Uint8Array);
        },
      ),
    );
  });
});

test('a large slot with a thousand tokens is stripped in well under a second', () => {
  const bookings = Array.from({ length: 3_000 }, (_none, id) => ({
    id,
    token: `a${String(id).padStart(9, '0')}`,
    cancelUrl: CANCEL,
    x: 'y'.repeat(100),
  }));
  const raw = Buffer.from(JSON.stringify({ bookings }));
  const started = performance.now();
  const kept = Buffer.from(stripSecretsFromBytes(raw, undefined)).toString();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(kept).not.toContain('a000000001');
});

function object(raw: Uint8Array): JsonObject {
  const parsed = parseBody(raw, undefined);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}
