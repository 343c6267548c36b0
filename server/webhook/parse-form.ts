import { MAX_DEPTH, emptyObject, isObject, isUnsafeKey, parseJson, wellFormed } from './safe-json.ts';
import type { Json, JsonObject } from './safe-json.ts';

type Parsed = { ok: true; value: JsonObject } | { ok: false; why: string };

/**
 * A form as PHP reads it: `a[b][0]=c` nests, `a[]=c` appends, the last value of a name stays.
 * Lists come out as objects keyed "0", "1", … A field that holds a JSON object or list is read as such.
 */
export function parseForm(text: string): Parsed {
  const form = emptyObject();
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = keysOf(wellFormed(name));
    if (keys.length > MAX_DEPTH)
      return { ok: false, why: `a form field is nested more than ${MAX_DEPTH} deep` };
    if (!keys.some(isUnsafeKey)) set(form, keys, fieldValue(value));
  }
  return { ok: true, value: form };
}

/** `a[b][]` → `a`, `b`, ``. A name without well-formed brackets is one key. */
export function keysOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  return [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
}

function fieldValue(text: string): Json {
  const value = wellFormed(text);
  if (!/^\s*[[{]/.test(value)) return value;
  const json = parseJson(value);
  return json.ok ? json.value : value;
}

function set(form: JsonObject, keys: string[], value: Json): void {
  let target = form;
  for (const [depth, key] of keys.entries()) {
    const name = key === '' && depth > 0 ? String(Object.keys(target).length) : key;
    if (depth === keys.length - 1) {
      target[name] = value;
      return;
    }
    const next = target[name];
    const nested = isObject(next) ? next : emptyObject();
    target[name] = nested;
    target = nested;
  }
}
