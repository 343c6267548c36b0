import { parseForm } from './parse-form.ts';
import { isObject, parseJson } from './safe-json.ts';
import type { Json, JsonObject } from './safe-json.ts';

type ParsedBody = { ok: true; value: JsonObject } | { ok: false; why: string };

/**
 * The delivered bytes as one object, whatever the content type claims: WordPress snippets post JSON as `text/plain` and
 * forms as JSON. Never throws. `why` is a clause for staff ("not valid JSON") and never quotes the body.
 */
export function parseBody(raw: Uint8Array, contentType: string | undefined): ParsedBody {
  const text = decodeBody(raw);
  if (text === '') return { ok: false, why: 'the body is empty' };
  const type = (contentType ?? '').toLowerCase();
  if (type.includes('multipart/')) return { ok: false, why: 'multipart forms are not understood; send JSON' };
  if (looksLikeForm(text, type)) {
    const form = parseForm(text);
    if (form.ok && Object.keys(form.value).length === 0)
      return { ok: false, why: 'the form has no usable field' };
    return form;
  }
  const json = parseJson(text);
  return json.ok ? asObject(json.value) : json;
}

/** UTF-8 without its byte-order mark; invalid bytes become U+FFFD. */
export function decodeBody(raw: Uint8Array): string {
  return new TextDecoder('utf-8').decode(raw).trim();
}

/** JSON starts with a bracket or a quote; a form is `name=value` and may be told by its content type. */
export function looksLikeForm(text: string, contentType: string): boolean {
  if (/^[[{"]/.test(text)) return false;
  return contentType.includes('x-www-form-urlencoded') || /^[^=&\s{}"]+=/.test(text);
}

function asObject(value: Json): ParsedBody {
  if (isObject(value)) return { ok: true, value };
  if (!Array.isArray(value)) {
    return { ok: false, why: `the body is a JSON ${value === null ? 'null' : typeof value}, not an object` };
  }
  const [only] = value;
  if (value.length === 1 && isObject(only)) return { ok: true, value: only };
  return { ok: false, why: `the body is a list of ${value.length}, not one booking` };
}
