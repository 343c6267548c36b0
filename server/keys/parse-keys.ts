import type { Fault } from '../errors.ts';
import { delimiterOf, isEmptyRow, isExcelHint, splitCells, trimKey } from '../../shared/key-table.ts';
import { keyFault } from './check-key.ts';
import { decodeText, type TextSource } from './decode-text.ts';
import { keyFormat, type KeyFormat } from './key-column.ts';
import { openSeenKeys } from './seen-keys.ts';
import { joinRecords } from './join-records.ts';
import { MAX_LINE_LENGTH, splitLines, type TextLine } from './split-lines.ts';

/** What stands in a file of keys, line by line; blank lines and the heading are left out. */
export type KeyLine =
  /** Once, before all others, when there is a line that is not blank. */
  | { kind: 'format'; format: KeyFormat }
  | { kind: 'key'; line: number; key: string }
  /** The same key as in line `firstLine`. */
  | { kind: 'duplicate'; line: number; firstLine: number }
  | { kind: 'invalid'; line: number; why: string }
  /** The file cannot be read at all; nothing follows. */
  | { kind: 'fault'; fault: Fault };

/**
 * Reads keys from a file or a paste: one a line, or a table (CSV with commas, semicolons or tabs). Never throws for
 * what is in it. `column` names the column of the keys, by heading or by number from 1; null finds it.
 */
export async function* parseKeys(
  source: TextSource,
  options: { column: string | null } = { column: null },
): AsyncGenerator<KeyLine> {
  const seen = openSeenKeys();
  let format: KeyFormat | null = null;
  const delimiter = (line: string) =>
    format === null ? delimiterOf(line) : format.kind === 'table' ? format.delimiter : null;
  for await (const record of joinRecords(splitLines(decodeText(source)), delimiter)) {
    if (isEmptyRow(record.text) || (format === null && isExcelHint(record.text))) continue;
    if (format === null) {
      const found = keyFormat(record.text, options.column);
      if ('code' in found) return yield { kind: 'fault', fault: found };
      format = found;
      yield { kind: 'format', format };
      if (format.header) continue;
    }
    const read = readRecord(record, format);
    if (read === null) continue;
    if ('why' in read) {
      yield { kind: 'invalid', line: record.line, why: read.why };
      continue;
    }
    const firstLine = seen.firstLine(read.key, record.line);
    yield firstLine === null
      ? { kind: 'key', line: record.line, key: read.key }
      : { kind: 'duplicate', line: record.line, firstLine };
  }
}

function readRecord(record: TextLine, format: KeyFormat): { key: string } | { why: string } | null {
  if (record.text.length >= MAX_LINE_LENGTH) return { why: 'is far too long for a key' };
  const cell = format.kind === 'lines' ? record.text : cellOf(record.text, format);
  if (cell === null) return { why: 'opens a quotation mark that is never closed' };
  if (cell === undefined) return { why: 'has no such column' };
  const key = trimKey(cell);
  if (key === '') return isEmptyRow(record.text) ? null : { why: 'has no key in its column' };
  const why = keyFault(key);
  return why === null ? { key } : { why };
}

function cellOf(text: string, format: KeyFormat & { kind: 'table' }): string | undefined | null {
  const cells = splitCells(text, format.delimiter);
  return cells === null ? null : cells[format.column];
}
