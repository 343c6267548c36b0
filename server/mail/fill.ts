import { escapeHtml } from '../escape-html.ts';
import { isConsoleLink, isMailLink } from './link.ts';

/**
 * What a placeholder takes. `text`: escaped, what nobody sees stripped. `exact`: escaped, never altered; controls and
 * direction marks, which no import lets in, are a fault (license keys). `link`: an https address. `console`: an address of this server, https or http
 * on the admin's own machine. `{ each }`: a block repeated once per item.
 */
type Word = 'text' | 'exact' | 'link' | 'console';
type Slot = Word | { readonly each: Slots };
export interface Slots {
  readonly [name: string]: Slot;
}
export type Values<S extends Slots> = {
  readonly [K in keyof S]: S[K] extends { readonly each: infer Inner extends Slots }
    ? readonly Values<Inner>[]
    : string;
};
export interface Template<S extends Slots> {
  readonly name: string;
  readonly slots: S;
  readonly parts: readonly Part[];
  readonly format: 'html' | 'text';
}
type Part = string | { readonly slot: string } | { readonly block: string; readonly parts: readonly Part[] };
export type AnyValues = { readonly [name: string]: string | readonly AnyValues[] };

// In HTML blocks are marked by comments, in text by lines of their own: {{each keys}} … {{end keys}}.
const MARK = /<!--(each|end) (\w+)-->\n?|\{\{(each|end) (\w+)\}\}(?:\r?\n|$)|\{\{(\w+)\}\}/g;
/** C0 and C1 controls, line separators, and the marks that turn the reading direction around. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
/** Characters without width. The joiners U+200C and U+200D stay inside words of scripts and emoji that are written with them. */
const NO_WIDTH =
  /[\u200b\u2060\ufeff]+|(?<![\p{L}\p{M}\p{So}\p{Sk}])[\u200c\u200d]+|(?<=\p{Script=Latin})[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{M}\p{So}])/gu;

/** Parses a template and holds it to its declared placeholders: one missing, unknown or misplaced throws here, at start. */
export function defineTemplate<const S extends Slots>(
  name: string,
  format: 'html' | 'text',
  source: string,
  slots: S,
): Template<S> {
  const marks = [...source.matchAll(MARK)];
  let at = 0;
  const parse = (own: Slots, inside: string | null, from: number): { parts: Part[]; end: number } => {
    const parts: Part[] = [];
    const seen = new Set<string>();
    let end = from;
    for (;;) {
      const mark = marks[at++];
      parts.push(source.slice(end, mark?.index));
      end = mark ? mark.index + mark[0].length : source.length;
      const verb = mark?.[1] ?? mark?.[3];
      const word = mark?.[2] ?? mark?.[4] ?? mark?.[5] ?? '';
      if (!mark || verb === 'end') {
        if (word !== (inside ?? '')) throw new Error(`${name}: {{each ${inside}}} is not closed`);
        for (const slot of Object.keys(own))
          if (!seen.has(slot))
            throw new Error(`${name}: the placeholder ${slot} is declared but not in the file`);
        return { parts, end };
      }
      seen.add(word);
      const slot = Object.hasOwn(own, word) ? own[word] : undefined;
      if (slot === undefined)
        throw new Error(`${name}: the placeholder ${word} is in the file but not declared`);
      if (typeof slot === 'object' ? verb !== 'each' : verb === 'each')
        throw new Error(`${name}: ${word} is declared as another kind than the file uses`);
      if (source.slice(0, mark.index).endsWith('href="') && slot !== 'link' && slot !== 'console')
        throw new Error(`${name}: ${word} stands in an href and must be declared as a link`);
      if (typeof slot !== 'object') parts.push({ slot: word });
      else {
        const inner = parse(slot.each, word, end);
        parts.push({ block: word, parts: inner.parts });
        end = inner.end;
      }
    }
  };
  const { parts } = parse(slots, null, 0);
  const rest = JSON.stringify(parts);
  if (rest.includes('{{') || rest.includes('}}') || rest.includes('<!--each'))
    throw new Error(`${name}: braces that are no placeholder`);
  return { name, format, slots, parts };
}

/** Fills a template in one pass; filled values are never scanned again. A value missing or extra throws. */
export function fill<S extends Slots>(template: Template<S>, values: Values<S>): string {
  return fillAny(template, values);
}

/** The same, for values that no type speaks for. */
export function fillAny(template: Template<Slots>, values: AnyValues): string {
  const { name, format } = template;
  const write = (parts: readonly Part[], slots: Slots, given: AnyValues): string => {
    for (const word of Object.keys(given))
      if (!Object.hasOwn(slots, word)) throw new Error(`${name}: ${word} was given but has no placeholder`);
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const word = 'slot' in part ? part.slot : part.block;
        const slot = slots[word];
        const value = Object.hasOwn(given, word) ? given[word] : undefined;
        if (slot === undefined || value === undefined) throw new Error(`${name}: no value for ${word}`);
        if ('block' in part && typeof slot === 'object' && typeof value !== 'string')
          return value.map((item) => write(part.parts, slot.each, item)).join('');
        if (typeof slot === 'object' || typeof value !== 'string')
          throw new Error(`${name}: ${word} has a value of the wrong kind`);
        return encode(name, format, word, slot, value);
      })
      .join('');
  };
  return write(template.parts, template.slots, values);
}

function encode(name: string, format: 'html' | 'text', word: string, slot: Word, value: string): string {
  // SECURITY: the value itself stays out of the messages, it may be a key.
  if (slot === 'link' && !isMailLink(value)) throw new Error(`${name}: ${word} is no https address`);
  if (slot === 'console' && !isConsoleLink(value))
    throw new Error(`${name}: ${word} is no address of this server that may be linked`);
  if (slot === 'exact' && value.search(UNSEEN) >= 0)
    throw new Error(`${name}: ${word} has control characters`);
  const clean = slot === 'text' ? oneLine(value) : value;
  return format === 'html' ? escapeHtml(clean) : clean;
}

/** `text` on one line: CR, LF, other control characters and direction marks become one space, and what has no width goes. */
export function oneLine(text: string): string {
  return text.replace(NO_WIDTH, '').replace(UNSEEN, ' ').trim();
}
