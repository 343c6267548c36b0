import type { BookingEvent, Source } from '../../shared/booking-event.ts';
import type { Arrival } from '../keys/arrival.ts';
import { normalize } from './normalize.ts';
import { parseBody } from './parse-body.ts';
import { stripSecretsFromBytes } from './strip-secrets.ts';

export interface Understood {
  /** The bytes to keep: booking tokens and cancel URLs are out. */
  body: Uint8Array;
  siteUrl: string | null;
  hook: string | null;
  events: BookingEvent[];
  verdict: Arrival['verdict'];
}

/** Reads a raw body as far as it can be read; what it cannot read becomes a verdict for a person, never an exception. */
export function understand(input: {
  source: Source;
  raw: Uint8Array;
  contentType: string | undefined;
  hookHint: string | null;
}): Understood {
  // The stripped bytes are what is read, so that a replay from the store understands exactly the same.
  const body = stripSecretsFromBytes(input.raw, input.contentType);
  const parsed = parseBody(body, input.contentType);
  if (!parsed.ok)
    return { body, siteUrl: null, hook: input.hookHint, events: [], verdict: unreadable(parsed.why) };
  const { events, remarks, siteUrl, envelope, understood } = normalize({
    source: input.source,
    body: parsed.value,
    ...(input.hookHint === null ? {} : { hookHint: input.hookHint }),
  });
  const hook = envelope?.hook ?? events[0]?.hook ?? input.hookHint;
  if (events.length > 0) return { body, siteUrl, hook, events: onePerOrder(events), verdict: null };
  const flag = remarks.join('; ') || 'no booking was found in it';
  const verdict: Arrival['verdict'] = understood
    ? { status: 'ignored', flag, alert: null }
    : unreadable(flag);
  return { body, siteUrl, hook, events: [], verdict };
}

function unreadable(why: string): Arrival['verdict'] {
  return { status: 'attention', flag: `the delivery could not be read: ${why}`, alert: 'unreadable' };
}

function onePerOrder(events: BookingEvent[]): BookingEvent[] {
  const first = new Map<string, BookingEvent>();
  for (const event of events) if (!first.has(event.externalId)) first.set(event.externalId, event);
  return [...first.values()];
}
