// The server reads a list of keys by these rules, and the console shows by them which columns there are.

/** What people and spreadsheets leave around a key: spaces of every kind, and characters without width. */
const AROUND = /^[\s\u200B-\u200F\u2060\uFEFF\u00AD]+|[\s\u200B-\u200F\u2060\uFEFF\u00AD]+$/g;

/** A key without what stands around it; '' when nothing is left. */
export function trimKey(text: string): string {
  const trimmed = text.replace(AROUND, '');
  // ="0012" is how spreadsheets are told to keep leading zeros.
  const formula = /^="([^"]*)"$/.exec(trimmed);
  return formula ? (formula[1] ?? '').replace(AROUND, '') : trimmed;
}

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

/** The separator of a table, by its first line; null when that has one cell, or is one key of a list. */
export function delimiterOf(line: string): Delimiter | null {
  const outside = line.replace(/"(?:[^"]|"")*"?/g, '');
  return DELIMITERS.find((mark) => outside.includes(mark)) ?? (line.trimStart().startsWith('"') ? ',' : null);
}

/** Spreadsheets export empty rows as `,,,`. */
export function isEmptyRow(text: string): boolean {
  return /^[\s,;"]*$/.test(trimKey(text));
}

/** A first line that tells Excel the separator. */
export function isExcelHint(line: string): boolean {
  return /^\s*sep=.?\s*$/i.test(line);
}

/** The cells of the first row of a table; none of a list of one key a line. */
export function firstRow(text: string): string[] {
  for (let from = 0; from < text.length;) {
    const end = text.slice(from).search(/\r|\n/);
    const line = end < 0 ? text.slice(from) : text.slice(from, from + end);
    if (!isEmptyRow(line) && !isExcelHint(line)) {
      const mark = delimiterOf(line);
      return mark === null ? [] : (splitCells(line, mark) ?? []).map(trimKey);
    }
    from = end < 0 ? text.length : from + end + 1;
  }
  return [];
}
