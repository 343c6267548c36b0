import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { authenticate, bearerOf, sign } from '../../server/webhook/authenticate.ts';

// The same file is read by the tests of the plugin: both sides make the same signature.
const vectors = z
  .array(
    z.object({
      name: z.string(),
      secret: z.string().min(24),
      id: z.string(),
      timestamp: z.string(),
      body: z.string(),
      signature: z.string(),
    }),
  )
  .parse(JSON.parse(readFileSync('test/fixtures/signature-vectors.json', 'utf8')));

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the signature', () => {
  it('is shown by enough vectors, among them the example of the specification', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(8);
    expect(vectors.map(({ signature }) => signature)).toContain(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
    expect(Math.max(...vectors.map(({ body }) => body.length))).toBeGreaterThan(10_000);
  });

  it.each(vectors)('of $name is made as the vector says', ({ secret, id, timestamp, body, signature }) => {
    expect(sign(secret, { id, timestamp, raw: bytes(body) }).toString()).toBe(signature);
    const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : bytes(secret);
    const whole = Buffer.concat([bytes(`${id}.${timestamp}.`), bytes(body)]);
    expect(`v1,${createHmac('sha256', key).update(whole).digest('base64')}`).toBe(signature);
  });

  it.each(vectors)('of $name proves that body at that time, and no other', ({ secret, body, ...vector }) => {
    const presented = (raw: string, secondsLater: number) =>
      authenticate(
        { tokens: ['kb_hook_for-tests'], signingSecret: secret, acceptUnsigned: [] },
        {
          source: 'reconcile',
          token: undefined,
          headers: {
            authorization: 'Bearer kb_hook_for-tests',
            'webhook-id': vector.id,
            'webhook-timestamp': vector.timestamp,
            'webhook-signature': `v1,AAAA ${vector.signature}`,
          },
          raw: bytes(raw),
          now: new Date((Number(vector.timestamp) + secondsLater) * 1000),
        },
      ).ok;
    expect(presented(body, 299)).toBe(true);
    expect(presented(body, 301)).toBe(false);
    expect(presented(`${body} `, 0)).toBe(false);
  });
});

describe('a bearer', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});
