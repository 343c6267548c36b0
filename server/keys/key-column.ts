import type { Fault } from '../errors.ts';
import { makeFault } from '../errors.ts';
import { delimiterOf, splitCells, trimKey, type Delimiter } from '../../shared/key-table.ts';

/** How the lines of a file are read. */
export type KeyFormat =
  | { kind: 'lines'; header: boolean }
  /** `column` counts from 0. */
  | { kind: 'table'; delimiter: Delimiter; column: number; header: boolean };

/**
 * Headings of a key column, in the languages our shops write; compared without case, spaces and punctuation. The
 * first in this list wins: a "code" beside a "license key" is likely the course's.
 */
const HEADINGS = (
  'licensekey licencekey licensekeys licencekeys licensecode licencecode lizenzschlüssel lizenzcode ' +
  'clédelicence clélicence clavelicencia clavedelicencia licentiesleutel licentiecode licensnøgle licensnyckel ' +
  'activationkey activationcode aktivierungscode productkey registrationkey registrationcode accesskey accesscode ' +
  'serialkey serialnumber serialno seriennummer serial serials key keys keycode schlüssel clé clave chave chiave sleutel ' +
  'nøgle nyckel license licence lizenz licencia licentie redeemcode redemptioncode vouchercode voucher ' +
  'code codes código codigo codice'
).split(' ');

export function isHeading(cell: string): boolean {
  return HEADINGS.includes(bare(cell));
}

function headedColumn(cells: string[]): number {
  const ranks = cells.map((cell) => HEADINGS.indexOf(bare(cell)));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  return ranks.indexOf(best);
}

const bare = (cell: string) =>
  trimKey(cell)
    .toLowerCase()
    .replace(/[\s_.:#-]+/g, '');

/**
 * Reads the first line that is not blank. Without a separator in it, the file has one key a line. With one, it is a
 * table: the keys are in the column asked for (a heading, or a number from 1), in the column whose heading says so, or in the
 * first. A first line without any digit and without a heading we know is refused: "Product" must not be sold as a key.
 */
export function keyFormat(firstLine: string, wanted: string | null): KeyFormat | Fault {
  const delimiter = delimiterOf(firstLine);
  if (delimiter === null) {
    if (wanted !== null && wanted !== '1' && bare(wanted) !== bare(firstLine))
      return makeFault('import.no_such_column', { count: 1 });
    const named = wanted !== null && wanted !== '1';
    return { kind: 'lines', header: named || isHeading(firstLine) };
  }
  const cells = splitCells(firstLine, delimiter) ?? [firstLine];
  const table = { kind: 'table' as const, delimiter };
  if (wanted !== null) return wantedColumn(cells, wanted, table.delimiter);
  const column = headedColumn(cells);
  if (column >= 0) return { ...table, column, header: true };
  if (cells.length > 1 && cells.every((cell) => !/\d/.test(cell)))
    return makeFault('import.unclear_column', { count: cells.length });
  return { ...table, column: 0, header: false };
}

function wantedColumn(cells: string[], wanted: string, delimiter: Delimiter): KeyFormat | Fault {
  // A number first: `2` is the second column, also where a cell of the first says 2.
  const number = /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0;
  if (number >= 1 && number <= cells.length)
    return { kind: 'table', delimiter, column: number - 1, header: cells.some(isHeading) };
  const byName = cells.findIndex((cell) => bare(cell) === bare(wanted));
  if (byName < 0) return makeFault('import.no_such_column', { count: cells.length });
  return { kind: 'table', delimiter, column: byName, header: true };
}
