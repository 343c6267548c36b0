import type { BookingEvent, Source } from '../../shared/booking-event.ts';
import type { Arrival } from '../keys/arrival.ts';
import { normalize, TEST_HOOK } from './normalize.ts';
import { parseBody } from './parse-body.ts';
import { scrubText } from './secret-words.ts';
import { stripSecretsFromBytes } from './strip-secrets.ts';

export interface Understood {
  /** The bytes to keep: booking tokens and cancel URLs are out. */
  body: Uint8Array;
  siteUrl: string | null;
  hook: string | null;
  events: BookingEvent[];
  verdict: Arrival['verdict'];
  /** The plugin's test button. */
  isTest: boolean;
  /** What a reader threw: a fault of ours, for the log. */
  fault: Error | null;
}

interface Bytes {
  source: Source;
  raw: Uint8Array;
  contentType: string | undefined;
  hookHint: string | null;
}

/** Reads a raw body as far as it can be read; what it cannot read becomes a verdict for a person, never an exception. */
export function understand(input: Bytes): Understood {
  try {
    return { ...read(input), fault: null };
  } catch (thrown) {
    const fault = thrown instanceof Error ? thrown : new Error('a reader threw no error');
    // SECURITY: the fault's name alone; its message may quote the body.
    const verdict = unreadable(`reading it failed here (${fault.name})`);
    return { ...nothing(input, scrubbed(input.raw), verdict), fault };
  }
}

/** The one cleaning that needs no parser. Latin-1 maps every byte to itself. */
function scrubbed(raw: Uint8Array): Uint8Array {
  return Buffer.from(scrubText(Buffer.from(raw).toString('latin1')), 'latin1');
}

function read(input: Bytes): Omit<Understood, 'fault'> {
  // The stripped bytes are what is read, so that a replay from the store understands exactly the same.
  const body = stripSecretsFromBytes(input.raw, input.contentType);
  const parsed = parseBody(body, input.contentType);
  if (!parsed.ok) return nothing(input, body, unreadable(parsed.why));
  const { events, remarks, siteUrl, envelope, understood } = normalize({
    source: input.source,
    body: parsed.value,
    ...(input.hookHint === null ? {} : { hookHint: input.hookHint }),
  });
  const hook = envelope?.hook ?? events[0]?.hook ?? input.hookHint;
  if (events.length > 0)
    return { body, siteUrl, hook, events: onePerOrder(events), verdict: null, isTest: false };
  const flag = remarks.join('; ') || 'no booking was found in it';
  const verdict: Arrival['verdict'] = understood
    ? { status: 'ignored', flag, alert: null }
    : unreadable(flag);
  const isTest = understood && envelope?.hook === TEST_HOOK;
  return { body, siteUrl, hook, events: [], verdict, isTest };
}

function nothing(
  { hookHint }: Bytes,
  body: Uint8Array,
  verdict: Arrival['verdict'],
): Omit<Understood, 'fault'> {
  return { body, siteUrl: null, hook: hookHint, events: [], verdict, isTest: false };
}

export function unreadable(why: string): Arrival['verdict'] {
  return { status: 'attention', flag: `the delivery could not be read: ${why}`, alert: 'unreadable' };
}

function onePerOrder(events: BookingEvent[]): BookingEvent[] {
  const first = new Map<string, BookingEvent>();
  for (const event of events) if (!first.has(event.externalId)) first.set(event.externalId, event);
  return [...first.values()];
}
