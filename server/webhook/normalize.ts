import { SOURCES } from '../../shared/booking-event.ts';
import type { Authority, BookingEvent, Source } from '../../shared/booking-event.ts';
import type { Delivery } from './amelia-booking.ts';
import { hookMeaning } from './amelia-hooks.ts';
import { readAmeliaSnapshot } from './amelia-snapshot.ts';
import { looksLikeAmelia, readHookArguments, readWebHookBody } from './amelia.ts';
import type { Reading } from './amelia.ts';
import { findRows, isRow, readRows, rowsIn } from './bookly.ts';
import { at, firstAt, isBlank, isTrueAt, listAt, objectAt, textAt } from './find-in-payload.ts';
import type { Place } from './find-in-payload.ts';
import { readPlain } from './plain.ts';
import type { JsonObject } from './safe-json.ts';

interface Envelope {
  id: string | null;
  rev: number | null;
  plugin: string | null;
  hook: string | null;
}

export interface Normalized {
  events: BookingEvent[];
  /** Of the delivery as a whole; they never quote a person's data. */
  remarks: string[];
  siteUrl: string | null;
  envelope: Envelope | null;
  /** Without events: true when the delivery had nothing for us, false when a person should look at it. */
  understood: boolean;
}

interface Told {
  source: Source;
  hint: string | null;
}

const WRAPPERS = ['payload', 'data', 'body', 'json'];
const MAX_WRAPPERS = 3;
/** The plugin's test button; whatever comes with it, nothing is sold. */
export const TEST_HOOK = 'keybank_test';

/**
 * What a delivery says, in the one shape that the rest of the service knows. Pure; never throws on a parsed body.
 * `hookHint` is the event name a raw sender was given in its URL.
 */
export function normalize(input: { source: Source; body: JsonObject; hookHint?: string }): Normalized {
  const body: Place = { value: input.body, where: '' };
  const hint = hookName(input.hookHint ?? null);
  const told: Told = { source: input.source, hint: hint !== null && isHintKnown(hint) ? hint : null };
  const remarks =
    input.hookHint !== undefined && told.hint === null ? ['The event name in the URL is not known.'] : [];
  const read = isEnvelope(body)
    ? readEnvelope(body, told)
    : { ...readBare(body, told), siteUrl: null, envelope: null };
  return { ...read, remarks: [...remarks, ...read.remarks] };
}

function isEnvelope(body: Place): boolean {
  const hasBooking = objectAt(body, 'booking') !== null;
  if (isTest(body)) return true;
  if (!isBlank(at(body, 'v').value)) return hasBooking || !isBlank(at(body, 'args').value);
  return hasBooking && ['rev', 'plugin', 'sentAt'].some((key) => !isBlank(at(body, key).value));
}

function isTest(body: Place): boolean {
  return textAt(body, 'hook') === TEST_HOOK && !isBlank(at(body, 'v').value);
}

function readEnvelope(body: Place, told: Told): Normalized {
  const remarks: string[] = [];
  const version = textAt(body, 'v');
  if (version !== '1') remarks.push(`Envelope version ${version ?? 'missing'} was read as version 1.`);
  const source = SOURCES.find((name) => name === textAt(body, 'source')) ?? told.source;
  if (source !== told.source)
    remarks.push(`Sent to the address of ${told.source}, but the booking is from ${source}.`);
  const envelope = {
    id: textAt(body, 'id'),
    rev: readRev(body),
    plugin: textAt(body, 'plugin'),
    hook: hookName(textAt(body, 'hook')),
  };
  const address = textAt(body, 'site');
  const siteUrl = address !== null && isWebAddress(address) ? address : null;
  if (address !== null && siteUrl === null) remarks.push('The site in the envelope is not a web address.');
  const read = isTest(body)
    ? { events: [], remarks: ['A test event of the plugin.'], understood: true }
    : readEnvelopeBooking(body, envelope, source);
  return { ...read, remarks: [...remarks, ...read.remarks], siteUrl, envelope };
}

function readEnvelopeBooking(body: Place, envelope: Envelope, source: Source): Reading {
  const snapshot = at(body, 'booking');
  if (objectAt(snapshot) === null) return readBare(body, { source, hint: envelope.hook });
  const { rev, hook } = envelope;
  const authority: Authority = rev === null ? 'settled' : 'snapshot';
  const unnumbered =
    rev === null ? ['The snapshot carries no revision, so it cannot be told from an older one.'] : [];
  const delivery: Delivery = { hook, rev, authority, status: null };
  const read =
    source === 'amelia'
      ? readAmeliaSnapshot(snapshot, listAt(body, 'args'), delivery)
      : readRows(rowsIn(snapshot), labelsIn(body, snapshot), {
          ...delivery,
          status: isTrueAt(snapshot, 'deleted') ? 'deleted' : null,
        });
  return { ...read, remarks: [...unnumbered, ...read.remarks] };
}

/** A body without a snapshot: a hook's arguments, a raw web hook, joined rows, a wrapped one of these, or a plain object. */
function readBare(body: Place, told: Told, depth = 0): Reading {
  const hook = hookName(textAt(body, 'hook')) ?? forgeableHint(told);
  const args = argumentsIn(body);
  if (args !== null && hook !== null) return readHook(hook, args, told.source);
  if (args?.[0] && depth < MAX_WRAPPERS) return readBare(args[0], told, depth + 1);
  if (told.source === 'bookly') {
    const rows = findRows(body);
    if (rows.length > 0) return readRows(rows, labelsIn(body, body), rowDelivery(body, told.hint));
  } else if (hook !== null && isAmeliaName(hook)) return readNamed(hook, body);
  else if (looksLikeAmelia(body)) return readWebHookBody(body, told.hint);
  const inner = depth < MAX_WRAPPERS ? wrappedIn(body) : null;
  if (inner !== null) {
    const action = hookName(textAt(body, 'webhook_action'));
    const hint = action !== null && isHintKnown(action) ? action : told.hint;
    const read = readBare(inner, { ...told, hint }, depth + 1);
    // SECURITY: what was recognised inside is not read again, less carefully, from outside.
    const isPlain =
      !looksLikeAmelia(inner) && isBlank(at(inner, 'hook').value) && isBlank(at(inner, 'args').value);
    if (read.events.length > 0 || !isPlain) return read;
  }
  return readPlain(body, told.source, told.hint);
}

/** A hook's name beside its one argument's members, as a snippet would post them. */
function readNamed(hook: string, body: Place): Reading {
  if (listAt(body, 'bookings').length > 0) return readWebHookBody(body, hook);
  const read = readHookArguments(hook, [body]);
  if (read.events.length > 0 || hookMeaning(hook).authority !== 'settled' || looksLikeAmelia(body))
    return read;
  return readPlain(body, 'amelia', hook);
}

function wrappedIn(body: Place): Place | null {
  const wrapped = firstAt(body, WRAPPERS);
  const inner = wrapped === null ? null : (listAt(wrapped)[0] ?? wrapped);
  return inner !== null && objectAt(inner) !== null ? inner : null;
}

/** An unknown word that claims to be Amelia's is judged as a hook (a notice); any other is no hook at all. */
function isAmeliaName(hook: string): boolean {
  return /^amelia/i.test(hook) || isHintKnown(hook);
}

/** SECURITY: a URL that names a forgeable hook is believed in that at once, whatever shape the body has. */
function forgeableHint({ source, hint }: Told): string | null {
  return source === 'amelia' && hookMeaning(hint).authority === 'forgeable' ? hint : null;
}

function readHook(hook: string, args: Place[], source: Source): Reading {
  if (source === 'amelia') return readHookArguments(hook, args);
  const rows = args.flatMap((arg) => (isRow(arg) ? [arg] : findRows(arg)));
  const delivery = rowDelivery({ value: { hook }, where: '' }, null);
  if (rows.length > 0) return readRows(rows, null, delivery);
  return { events: [], remarks: [`${hook} carried no booking row.`], understood: false };
}

/** Bookly has no hooks; the ajax action that changed the row stands in for one. */
function rowDelivery(body: Place, hint: string | null): Delivery {
  const hook = hookName(textAt(body, 'hook') ?? textAt(body, 'ajax_action')) ?? hint;
  const status = isTrueAt(body, 'deleted')
    ? 'deleted'
    : (hookMeaning(hook).status ?? hookMeaning(hint).status);
  return { hook, rev: null, authority: 'settled', status };
}

function labelsIn(body: Place, holder: Place): Place | null {
  const keys = ['customFieldLabels', 'custom_field_labels'];
  return firstAt(body, keys) ?? firstAt(holder, keys);
}

/** A hook's arguments as a list, or null when the body has none. One argument may stand without its list. */
function argumentsIn(body: Place): Place[] | null {
  const args = at(body, 'args');
  if (args.value === undefined || args.value === null) return null;
  const list = listAt(args);
  return list.length > 0 || objectAt(args) === null ? list : [args];
}

function isHintKnown(hint: string): boolean {
  return hookMeaning(hint).isKnown;
}

/** Hook names are identifiers; anything else is not repeated anywhere. */
function hookName(text: string | null): string | null {
  return text !== null && /^[A-Za-z][\w.\\/-]{0,99}$/.test(text) ? text : null;
}

function readRev(body: Place): number | null {
  const text = textAt(body, 'rev');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//i.test(text);
}
