import { readFileSync } from 'node:fs';
import type { BookingEvent, Source } from '../../shared/booking-event.ts';
import { normalize } from '../../server/webhook/normalize.ts';
import type { Normalized } from '../../server/webhook/normalize.ts';
import { parseBody } from '../../server/webhook/parse-body.ts';
import { isObject } from '../../server/webhook/safe-json.ts';
import type { Json, JsonObject } from '../../server/webhook/safe-json.ts';

/** The bytes of a recorded delivery (test/fixtures/payloads; made-up people). */
export function payloadBytes(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url));
}

export function payload(name: string): JsonObject {
  return parsed(payloadBytes(name));
}

export function parsed(raw: Uint8Array | string, contentType?: string): JsonObject {
  const bytes = typeof raw === 'string' ? new TextEncoder().encode(raw) : raw;
  const body = parseBody(bytes, contentType);
  if (!body.ok) throw new Error(`the test's own body cannot be parsed: ${body.why}`);
  return body.value;
}

/** Reads any JSON value the way a delivery is read: through bytes. */
export function read(source: Source, body: unknown, hookHint?: string): Normalized {
  return normalize({
    source,
    body: parsed(JSON.stringify(body)),
    ...(hookHint === undefined ? {} : { hookHint }),
  });
}

export function member(value: Json | undefined, ...path: (string | number)[]): Json {
  let current: Json | undefined = value;
  for (const key of path) {
    current = Array.isArray(current)
      ? current[Number(key)]
      : isObject(current)
        ? current[String(key)]
        : undefined;
  }
  if (current === undefined) throw new Error(`no ${path.join('.')} in the test's own body`);
  return current;
}

/** Ada's booking of Key Workshop at the counter; a test states what differs. */
export function expected(differs: Partial<BookingEvent>): BookingEvent {
  return {
    source: 'amelia',
    externalId: '2',
    rev: null,
    hook: null,
    authority: 'settled',
    status: 'approved',
    rawStatus: 'approved',
    item: { kind: 'service', id: '1', name: 'Key Workshop' },
    quantity: 1,
    purchase: null,
    email: null,
    alternates: [],
    name: null,
    coupon: null,
    payment: { gateway: 'onSite', status: 'pending', transactionId: null },
    locale: 'en_US',
    remarks: [],
    ...differs,
  };
}

export const NO_EMAIL = 'No e-mail address that can be trusted.';
