import type { TextLine } from './split-lines.ts';
import { MAX_LINE_LENGTH } from './split-lines.ts';

// Written here rather than taken from a CSV library because of two needs: the line number of every record, and going
// on after a quotation mark that is never closed, which otherwise swallows the rest of a file.

export const DELIMITERS = ['\t', ';', ','] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The cells of one record; a doubled quotation mark inside a quoted cell is one. Null while a quote is still open. */
export function splitCells(record: string, delimiter: Delimiter): string[] | null {
  const cells: string[] = [];
  for (let at = 0; ;) {
    let cell = '';
    if (record[at] === '"') {
      const quoted = readQuoted(record, at + 1);
      if (quoted === null) return null;
      cell = quoted.text;
      at = quoted.end;
    }
    const end = record.indexOf(delimiter, at);
    if (end < 0) return [...cells, cell + record.slice(at)];
    cells.push(cell + record.slice(at, end));
    at = end + 1;
  }
}

function readQuoted(record: string, start: number): { text: string; end: number } | null {
  let text = '';
  for (let from = start; ;) {
    const mark = record.indexOf('"', from);
    if (mark < 0) return null;
    text += record.slice(from, mark);
    if (record[mark + 1] !== '"') return { text, end: mark + 1 };
    text += '"';
    from = mark + 2;
  }
}

/** Lines that one quoted cell may span, e.g. a note in another column. */
const MAX_SPAN = 20;

/**
 * Joins lines into records where a quoted cell spans lines; a record has the number of its first line. A quote that
 * is not closed within 20 lines spoils its own line only. `delimiter` answers null for a text that is no table.
 */
export async function* joinRecords(
  lines: AsyncIterable<TextLine>,
  delimiter: (line: string) => Delimiter | null,
): AsyncGenerator<TextLine> {
  let held: TextLine[] = [];

  function* take(line: TextLine): Generator<TextLine> {
    held.push(line);
    const [first = line, ...others] = held;
    const text = held.map((part) => part.text).join('\n');
    const mark = delimiter(first.text);
    const open = mark !== null && text.includes('"') && splitCells(text, mark) === null;
    if (open && held.length < MAX_SPAN && text.length < MAX_LINE_LENGTH) return;
    held = [];
    yield open ? first : { line: first.line, text };
    if (open) for (const other of others) yield* take(other);
  }

  for await (const line of lines) yield* take(line);
  while (held.length > 0) {
    const [first, ...others] = held;
    held = [];
    if (first) yield first;
    for (const other of others) yield* take(other);
  }
}
