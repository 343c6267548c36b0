import picocolors from 'picocolors';

export interface Column {
  heading: string;
  align?: 'right';
}

const colours = (isTerminal: boolean) => picocolors.createColors(isTerminal);
export type Paint = ReturnType<typeof colours>;

/** Colours on a terminal, plain text elsewhere. */
export function paintFor(cli: { isTerminal: boolean }): Paint {
  return colours(cli.isTerminal);
}

/** Our own colours, and what else would be obeyed by a terminal, or turn the direction of what is read. */
const CONTROLS = /\u001b\[(?:1|22|3[1-9])m|[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * SECURITY: what a name, a reason or a mail server says cannot move the cursor, nor make one line look like another. Colours
 * stay, for the sake of our own: the worst that a name can do is to colour itself.
 */
export function plain(text: string): string {
  return text.replace(CONTROLS, (found) => (/^\u001b\[\d+m$/.test(found) ? found : ' '));
}

/** The same for a text of several lines. */
export function plainLines(text: string): string {
  return text.split(/\r?\n/).map(plain).join('\n');
}

/** Aligned columns with a heading; widths count characters as a terminal shows them, colours aside. */
export function table(cli: { isTerminal: boolean }, columns: Column[], given: string[][]): string {
  const rows = given.map((row) => row.map(plain));
  const widths = columns.map((column, at) =>
    Math.max(width(column.heading), ...rows.map((row) => width(row[at] ?? ''))),
  );
  const line = (cells: string[]) =>
    columns
      .map((column, at) => padded(cells[at] ?? '', widths[at] ?? 0, column.align === 'right'))
      .join('  ')
      .trimEnd();
  const heading = line(columns.map((column) => column.heading));
  return [paintFor(cli).bold(heading), ...rows.map(line)].join('\n');
}

function padded(cell: string, size: number, right: boolean): string {
  const room = ' '.repeat(Math.max(0, size - width(cell)));
  return right ? room + cell : cell + room;
}

const COLOUR = /\u001b\[\d+m/g;

function width(text: string): number {
  return [...text.replace(COLOUR, '')].length;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}
