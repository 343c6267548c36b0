import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Source } from '../../shared/booking-event.ts';

/** Standard Webhooks: a signature is good for this long, so that a recorded request cannot be sent again later. */
const SIGNATURE_WINDOW_MS = 5 * 60_000;

export interface Credentials {
  /** One, or two while rotating. */
  tokens: string[];
  signingSecret: string | null;
  /** Sources that may come without a signature although a secret is set. */
  acceptUnsigned: Source[];
}

export interface Presented {
  /** Where a secret is set, `reconcile` needs the signature whatever may come without. */
  source: Source | 'reconcile';
  /** From the URL; a bearer in the headers is as good. */
  token: string | undefined;
  /** Lower-case header names. */
  headers: Record<string, string | undefined>;
  raw: Uint8Array;
  now: Date;
}

export type Verdict = { ok: true } | { ok: false; why: string };

/** Proves the sender: the secret token first, then the signature. The reasons are safe to log and to answer. */
export function authenticate(credentials: Credentials, presented: Presented): Verdict {
  const given = [presented.token, bearerOf(presented.headers.authorization)];
  if (!given.some((token) => knowsToken(credentials.tokens, token)))
    return { ok: false, why: 'the token is missing or wrong' };
  const { signingSecret, acceptUnsigned } = credentials;
  if (signingSecret === null) return { ok: true };
  const signed = presented.headers['webhook-signature'] !== undefined;
  if (!signed && acceptUnsigned.some((source) => source === presented.source)) return { ok: true };
  if (!signed) {
    return { ok: false, why: 'a signature is required here, and the delivery has none' };
  }
  return checkSignature(signingSecret, presented);
}

/** The token of an `authorization: Bearer …` header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header?.trim() ?? '')?.[1];
}

/** SECURITY: digests of equal length are compared in constant time, and every token is looked at. */
export function knowsToken(tokens: string[], given: string | undefined): boolean {
  if (given === undefined || given === '') return false;
  const digest = sha256(given);
  let known = false;
  for (const token of tokens) if (timingSafeEqual(sha256(token), digest)) known = true;
  return known;
}

function checkSignature(secret: string, presented: Presented): Verdict {
  const { headers, raw, now } = presented;
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const signatures = (headers['webhook-signature'] ?? '').split(' ');
  const expected = sign(secret, { id, timestamp, raw });
  const match = signatures.some((text) => {
    const given = Buffer.from(text);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (id === '' || !match) return { ok: false, why: 'the signature does not match the body' };
  const off = Number(timestamp) * 1000 - now.getTime();
  if (!Number.isFinite(off) || Math.abs(off) > SIGNATURE_WINDOW_MS) {
    const seconds = Number.isFinite(off) ? `${Math.round(off / 1000)} s off` : 'not a number';
    return {
      ok: false,
      why: `the signature is right but its timestamp is ${seconds} (at most 300 s): check the clock of the sender and of this server (now ${now.toISOString()})`,
    };
  }
  return { ok: true };
}

/**
 * The `v1,…` signature of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. A secret that begins with `whsec_`
 * is base64, as that specification has it; any other is taken as its UTF-8 bytes. `timestamp` is in seconds since 1970.
 */
export function sign(secret: string, part: { id: string; timestamp: string; raw: Uint8Array }): Buffer {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice(6), 'base64')
    : Buffer.from(secret, 'utf8');
  const mac = createHmac('sha256', key)
    .update(`${part.id}.${part.timestamp}.`)
    .update(part.raw)
    .digest('base64');
  return Buffer.from(`v1,${mac}`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
