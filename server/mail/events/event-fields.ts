import { createHash } from 'node:crypto';
import type { MailEventRow } from '../../store/rows.ts';
import { isObject, type Json, type JsonObject } from '../../webhook/safe-json.ts';

/** What a body told. */
export interface ReadEvents {
  events: MailEventRow[];
  /** Parts that are no news of a mail of ours: opens, delays, other systems' mails, and whatever nobody understands. */
  passedOver: number;
}

const DAY_MS = 24 * 3_600_000;
const MAX_ID_LENGTH = 191;
const OUTBOX_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a body part by part; what `readOne` makes nothing of is passed over. */
export function readEach(json: Json, readOne: (part: JsonObject) => MailEventRow | null): ReadEvents {
  const parts = Array.isArray(json) ? json : [json];
  const events = parts.flatMap((part) => (isObject(part) ? (readOne(part) ?? []) : []));
  return { events, passedOver: parts.length - events.length };
}

/** The outbox row (uuid) that an event's metadata names, or null. */
export function readMessageId(value: Json | undefined): string | null {
  if (typeof value !== 'string') return null;
  const id = value.trim().toLowerCase();
  return OUTBOX_ID.test(id) ? id : null;
}

/** An id that fits its column; one that is too long, or not plain, becomes its SHA-256. */
export function boundedId(text: string): string {
  const isPlain = text.length <= MAX_ID_LENGTH && /^[\x21-\x7e]+$/.test(text);
  return isPlain ? text : createHash('sha256').update(text).digest('hex');
}

/** Milliseconds since 1970 as a time that can be true, or now. */
export function timeOr(now: Date, ms: number): Date {
  return ms > 0 && ms <= now.getTime() + DAY_MS ? new Date(ms) : now;
}

/**
 * `550 5.1.1`: the reply code and the enhanced code that a text holds. SECURITY: nothing else of it is taken, since far
 * servers quote addresses, and may quote the mail.
 */
export function replyCodes(text: string): string {
  const head = text.slice(0, 1000);
  const reply = /(?<![\w.-])[45]\d\d(?=[ -]|$)/.exec(head)?.[0];
  const enhanced = /(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)/.exec(head)?.[0];
  return [reply, enhanced].filter((code) => code !== undefined).join(' ');
}

/** `550 5.1.1, HardBounce` */
export function detailOf(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
