import { cleanId } from './clean-values.ts';
import { groupName } from './group-token.ts';
import { decodeBody, looksLikeForm } from './parse-body.ts';
import { keysOf } from './parse-form.ts';
import { emptyObject, isObject, parseJson } from './safe-json.ts';
import type { Json } from './safe-json.ts';
import { MIN_PLAIN_TOKEN, MIN_TOKEN, scrubText, secretKind } from './secret-words.ts';

const MAX_ENCODINGS = 4;
/** Up to so many tokens are hunted inside longer words; more of them only as whole words, so that a large body stays cheap. */
const MAX_HUNTED = 100;

/**
 * A deep copy without booking tokens, cancel and panel URLs; `compound_token` and `collaborative_token` become a digest
 * (see `groupName`), because they say which rows are one order. A token found under its key is taken out of every other
 * text too. JSON inside strings is treated alike; a string without secrets stays as it was, byte for byte.
 */
export function stripSecrets(value: Json): Json {
  const tokens = new Set<string>();
  collectTokens(value, tokens, 0);
  return strip(value, tokens, 0);
}

/**
 * The bytes to store: the original ones when there is no secret in them, else the stripped body in its own encoding.
 * What cannot be parsed is scrubbed as text.
 */
export function stripSecretsFromBytes(raw: Uint8Array, contentType: string | undefined): Uint8Array {
  const text = decodeBody(raw);
  if (looksLikeForm(text, (contentType ?? '').toLowerCase())) {
    const stripped = stripForm(text);
    return stripped === null ? raw : new TextEncoder().encode(stripped);
  }
  const parsed = parseJson(text);
  if (!parsed.ok) return scrubBytes(raw);
  const stripped = JSON.stringify(stripSecrets(parsed.value));
  // A duplicate or dropped key may hide a token from the parsed value: the text itself must be clean as well.
  const isClean = stripped === JSON.stringify(parsed.value) && scrubText(text) === text;
  return isClean ? raw : new TextEncoder().encode(stripped);
}

function strip(value: Json, tokens: Set<string>, encodings: number): Json {
  if (typeof value === 'string') return stripText(value, tokens, encodings);
  if (Array.isArray(value)) return value.map((entry) => strip(entry, tokens, encodings));
  if (!isObject(value)) return value;
  const copy = emptyObject();
  for (const [key, entry] of Object.entries(value)) {
    const kind = secretKind(key);
    const isEmpty = entry === null || entry === '' || entry === false;
    if (kind === null || isEmpty)
      copy[stripText(key, tokens, MAX_ENCODINGS)] = strip(entry, tokens, encodings);
    else if (kind === 'group') copy[key] = groupMarker(entry);
  }
  return copy;
}

function groupMarker(value: Json): Json {
  const token = typeof value === 'number' ? cleanId(value) : value;
  return typeof token === 'string' && token !== '' ? groupName(token) : null;
}

function stripText(text: string, tokens: Set<string>, encodings: number): string {
  const inner = encodings < MAX_ENCODINGS && /^\s*[[{"]/.test(text) ? parseJson(text) : null;
  let result = text;
  if (inner?.ok && (typeof inner.value === 'object' || typeof inner.value === 'string')) {
    const stripped = JSON.stringify(strip(inner.value, tokens, encodings + 1));
    if (stripped !== JSON.stringify(inner.value)) result = stripped;
  }
  return withoutTokens(scrubText(result), tokens);
}

function withoutTokens(text: string, tokens: Set<string>): string {
  if (tokens.size > MAX_HUNTED)
    return text.replace(/[A-Za-z0-9]+/g, (word) => (tokens.has(word) ? '' : word));
  return [...tokens].reduce((cleaned, token) => cleaned.replaceAll(token, ''), text);
}

function collectTokens(value: Json, tokens: Set<string>, encodings: number): void {
  if (typeof value === 'string') {
    const inner = encodings < MAX_ENCODINGS && /^\s*[[{"]/.test(value) ? parseJson(value) : null;
    if (inner?.ok) collectTokens(inner.value, tokens, encodings + 1);
  } else if (Array.isArray(value)) {
    for (const entry of value) collectTokens(entry, tokens, encodings);
  } else if (isObject(value)) {
    for (const [key, entry] of Object.entries(value)) {
      if (secretKind(key) === null) collectTokens(entry, tokens, encodings);
      else if (typeof entry === 'string' && isOpaque(entry) && groupName(entry) !== entry) {
        tokens.add(entry);
      }
    }
  }
}

/** Long and unbroken: a URL or a word in a field called token is removed with its key, not hunted elsewhere. */
function isOpaque(text: string): boolean {
  const isMixed = /\d/.test(text) && /[a-z]/i.test(text);
  return /^[\w.~+/=-]+$/.test(text) && text.length >= (isMixed ? MIN_TOKEN : MIN_PLAIN_TOKEN);
}

/** Field by field, so that what is not secret keeps its spelling and order; null when nothing was secret. */
function stripForm(text: string): string | null {
  const fields = [...new URLSearchParams(text)];
  const kinds = fields.map(
    ([name]) =>
      keysOf(name)
        .map(secretKind)
        .find((kind) => kind !== null) ?? null,
  );
  const tokens = new Set(
    fields.flatMap(([, value], i) => (kinds[i] !== null && isOpaque(value) ? [value] : [])),
  );
  for (const [, value] of fields) collectTokens(value, tokens, 0);
  const kept = fields.flatMap(([name, value], i): [string, string][] => {
    if (kinds[i] === 'secret' && value !== '') return [];
    return [[name, kinds[i] === 'group' ? String(groupMarker(value) ?? '') : stripText(value, tokens, 0)]];
  });
  const isClean = kept.length === fields.length && kept.every(([, value], i) => value === fields[i]?.[1]);
  return isClean ? null : new URLSearchParams(kept).toString();
}

/** Byte for byte except for the secrets: Latin-1 maps every byte to itself. */
function scrubBytes(raw: Uint8Array): Uint8Array {
  const text = Buffer.from(raw).toString('latin1');
  const scrubbed = scrubText(text);
  return scrubbed === text ? raw : Buffer.from(scrubbed, 'latin1');
}
