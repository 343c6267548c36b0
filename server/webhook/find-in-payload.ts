import type { Found } from '../../shared/booking-event.ts';
import { MAX_NAME, cleanId, cleanLine, cleanLocale, readEmail } from './clean-values.ts';
import { isObject, parseJson } from './safe-json.ts';
import type { Json, JsonObject } from './safe-json.ts';

/**
 * A value with its path in the delivered JSON. Strings that hold JSON are looked through on the way down, and decoded
 * where they are reached, once: decoding a whole slot again for each of its bookings would be quadratic.
 */
export interface Place {
  value: Json | undefined;
  where: string;
}

/** PHP encodes twice when a JSON column passes through a JSON body; three times was never seen. */
const MAX_ENCODINGS = 3;

/** JSON inside strings, singly or doubly encoded; anything else comes back as it was. */
export function decode(value: Json | undefined): Json | undefined {
  let current = value;
  for (let round = 0; round < MAX_ENCODINGS; round++) {
    if (typeof current !== 'string' || !/^\s*[[{"]/.test(current)) break;
    const parsed = parseJson(current);
    if (!parsed.ok) break;
    current = parsed.value;
  }
  return typeof current === 'object' ? current : value;
}

/** The entries of a list, which PHP may have sent as `{"0":…,"1":…}` (JSON_FORCE_OBJECT) or, empty, as `{}` or `[]`. */
export function asList(value: Json | undefined): Json[] {
  return entries(value, true).map(([, entry]) => entry);
}

export function listAt(place: Place, ...keys: string[]): Place[] {
  const list = at(place, ...keys);
  return entries(list.value, true).map(([key, value]) => ({
    value: decode(value),
    where: join(list.where, key),
  }));
}

/** Every member with its key, of an object or a list. */
export function membersOf(place: Place): (Place & { key: string })[] {
  return entries(place.value, false).map(([key, value]) => ({
    key,
    value: decode(value),
    where: join(place.where, key),
  }));
}

function entries(value: Json | undefined, onlyLists: boolean): [string, Json][] {
  const decoded = decode(value);
  if (Array.isArray(decoded)) return decoded.map((entry, index) => [String(index), entry]);
  if (!isObject(decoded)) return [];
  const keys = Object.keys(decoded);
  if (onlyLists && !keys.every((key) => /^\d+$/.test(key))) return [];
  return Object.entries(decoded);
}

export function at(place: Place, ...keys: string[]): Place {
  let { value, where } = place;
  for (const key of keys) {
    const holder = decode(value);
    const inside: Json | undefined = Array.isArray(holder) ? holder[Number(key)] : member(holder, key);
    value = decode(inside);
    where = join(where, key);
  }
  return { value, where };
}

export function objectAt(place: Place, ...keys: string[]): JsonObject | null {
  const value = decode(at(place, ...keys).value);
  return isObject(value) ? value : null;
}

/** The first of these members that is neither missing, null nor an empty string. */
export function firstAt(place: Place, keys: readonly string[]): Place | null {
  return keys.map((key) => at(place, key)).find((found) => !isBlank(found.value)) ?? null;
}

export function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Plain text or a number as text; control characters gone. Null for anything else. */
export function textAt(place: Place, ...keys: string[]): string | null {
  const { value } = at(place, ...keys);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? cleanLine(value, MAX_NAME) : null;
}

export function idAt(place: Place, ...keys: string[]): string | null {
  return cleanId(at(place, ...keys).value);
}

/** PHP and forms write true as `1`, `"1"` or `"true"`. */
export function isTrueAt(place: Place, ...keys: string[]): boolean {
  const { value } = at(place, ...keys);
  return value === true || value === 1 || value === '1' || value === 'true';
}

interface FoundEmail {
  email: Found | null;
  alternates: Found[];
  remarks: string[];
}

/** The first usable address of trusted places, most trusted first; other ones are alternates, each once. */
export function findEmail(places: readonly Place[]): FoundEmail {
  const found: Found[] = [];
  const faults: string[] = [];
  for (const { value, where } of places) {
    if (isBlank(value)) continue;
    const read = typeof value === 'string' ? readEmail(value) : { why: 'it is not text' };
    if ('why' in read) faults.push(`The e-mail at ${where} was not used: ${read.why}.`);
    else if (!found.some((other) => other.value === read.email)) found.push({ value: read.email, where });
  }
  const [email = null, ...alternates] = found;
  return { email, alternates, remarks: email ? faults : faults.slice(0, 1) };
}

/** First and last name together; `where` is the holder of both. */
export function findName(places: readonly Place[]): Found | null {
  for (const place of places) {
    const parts = [firstAt(place, FIRST_NAMES), firstAt(place, LAST_NAMES)].filter((part) => part !== null);
    const value = cleanLine(parts.map((part) => textAt(part) ?? '').join(' '), MAX_NAME);
    if (value !== null) return { value, where: place.where || (parts[0]?.where ?? '') };
  }
  return null;
}

const FIRST_NAMES = ['firstName', 'first_name', 'firstname'];
const LAST_NAMES = ['lastName', 'last_name', 'lastname'];

export function findLocale(places: readonly Place[]): string | null {
  for (const { value } of places) {
    const locale = typeof value === 'string' ? cleanLocale(value) : null;
    if (locale !== null) return locale;
  }
  return null;
}

/** Missing is one person. What cannot be read is 0, which policy puts before a person. */
export function findCount(place: Place | null): { count: number; remarks: string[] } {
  if (place === null || isBlank(place.value)) return { count: 1, remarks: [] };
  const text = typeof place.value === 'number' ? String(place.value) : place.value;
  const count = typeof text === 'string' && /^\s*\d{1,15}(?:\.0+)?\s*$/.test(text) ? Number(text) : null;
  if (count !== null) return { count, remarks: [] };
  return { count: 0, remarks: [`The quantity at ${place.where} is not a whole number.`] };
}

function member(holder: Json | undefined, key: string): Json | undefined {
  return isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}

function join(where: string, key: string): string {
  return where === '' ? key : `${where}.${key}`;
}
