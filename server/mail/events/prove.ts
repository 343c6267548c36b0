import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { BasicLogin } from '../../config-values.ts';
import type { MailProvider } from '../../store/rows.ts';

export interface MailEventCredentials {
  /** KEYBANK_POSTMARK_EVENTS; null: nobody's events are taken. */
  postmark: BasicLogin | null;
  /** KEYBANK_SENDGRID_EVENTS: base64 of a DER SPKI public key; null: nobody's events are taken. */
  sendgrid: string | null;
}

interface Presented {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The body, byte by byte as it came. */
  raw: Uint8Array;
}

export type Proof = { ok: true } | { ok: false; why: string };

/** Proves that a mail service speaks. The reasons are safe to log and to answer. */
export function proveSender(
  credentials: MailEventCredentials,
  provider: MailProvider,
  presented: Presented,
): Proof {
  const { postmark, sendgrid } = credentials;
  if (provider === 'postmark')
    return postmark === null ? unset('KEYBANK_POSTMARK_EVENTS') : provePostmark(postmark, presented);
  return sendgrid === null ? unset('KEYBANK_SENDGRID_EVENTS') : proveSendgrid(sendgrid, presented);
}

function unset(name: string): Proof {
  return { ok: false, why: `no events are taken here, since ${name} is not set` };
}

/** SECURITY: digests of equal length are compared in constant time. */
function provePostmark({ user, password }: BasicLogin, { headers }: Presented): Proof {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(headers.authorization?.trim() ?? '')?.[1];
  if (encoded === undefined) return { ok: false, why: 'the login (HTTP basic auth) is missing' };
  const given = Buffer.from(encoded, 'base64');
  if (timingSafeEqual(sha256(given), sha256(Buffer.from(`${user}:${password}`)))) return { ok: true };
  return { ok: false, why: 'the login is not that of KEYBANK_POSTMARK_EVENTS' };
}

/**
 * ECDSA with SHA-256 over the timestamp's text and the body. The timestamp is not held against the clock: SendGrid
 * repeats a post for a day, and what is sent a second time by a stranger is known by then and does nothing.
 */
function proveSendgrid(key: string, { headers, raw }: Presented): Proof {
  const signature = headers['x-twilio-email-event-webhook-signature'] ?? '';
  const timestamp = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
  if (signature === '' || timestamp === '')
    return { ok: false, why: 'the signature is missing: enable the signed event webhook at SendGrid' };
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  const signed = Buffer.concat([Buffer.from(timestamp), raw]);
  if (verify('sha256', signed, publicKey, Buffer.from(signature, 'base64'))) return { ok: true };
  return { ok: false, why: 'the signature does not fit KEYBANK_SENDGRID_EVENTS and the body' };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
