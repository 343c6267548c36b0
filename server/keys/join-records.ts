import type { TextLine } from './split-lines.ts';
import { MAX_LINE_LENGTH } from './split-lines.ts';
import { splitCells, type Delimiter } from '../../shared/key-table.ts';

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
