export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Real deliveries nest 8 deep; beyond this it is an attack on whoever walks the tree. */
export const MAX_DEPTH = 64;

/** SECURITY: keys that reach a prototype when an object is copied key by key. */
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

export function isUnsafeKey(key: string): boolean {
  return UNSAFE_KEYS.includes(key);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object without prototype: a hostile key finds nothing to pollute. */
export function emptyObject(): JsonObject {
  const object: JsonObject = Object.create(null);
  return object;
}

/** NUL bytes are refused by PostgreSQL, lone surrogates by both databases. */
export function wellFormed(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** `why` never quotes the text: it ends up in logs, and the text holds people. */
export function parseJson(text: string): { ok: true; value: Json } | { ok: false; why: string } {
  if (isTooDeep(text)) return { ok: false, why: `JSON is nested more than ${MAX_DEPTH} levels deep` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, why: 'not valid JSON' };
  }
  return { ok: true, value: clean(parsed) };
}

/** Counts brackets outside strings, in a loop: a parser that recurses must not be the one to find out. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (quoted) {
      if (character === 0x5c) i++;
      else if (character === 0x22) quoted = false;
    } else if (character === 0x22) quoted = true;
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (character === 0x7d || character === 0x5d) depth--;
  }
  return false;
}

function clean(value: unknown): Json {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return null;
  const copy = emptyObject();
  for (const [key, entry] of Object.entries(value)) {
    const name = wellFormed(key);
    if (!isUnsafeKey(name)) copy[name] = clean(entry);
  }
  return copy;
}
