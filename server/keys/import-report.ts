import type { KeyFormat } from './key-column.ts';

/** How many lines of each sort are listed; all are counted. */
export const LISTED_LINES = 1000;

export interface DuplicateLine {
  line: number;
  /** In this file (then `firstLine` says where), or already in stock (then `sku` says of which product). */
  of: 'file' | 'stock';
  firstLine?: number;
  sku?: string;
}

export interface ImportReport {
  /** Null for a dry run, and when there was nothing to import. */
  importId: string | null;
  sku: string;
  dryRun: boolean;
  /** No product had this SKU before; it is made with the first key that is added. */
  newProduct: boolean;
  /** How the file was read; null when it held nothing. */
  format: KeyFormat | null;
  /** For a dry run: how many would be. */
  added: number;
  /** In order of lines, the first 1,000. */
  duplicates: DuplicateLine[];
  duplicateTotal: number;
  invalid: { line: number; why: string }[];
  invalidTotal: number;
}

export function openReport(about: Pick<ImportReport, 'sku' | 'dryRun' | 'newProduct'>): ImportReport {
  return {
    ...about,
    importId: null,
    format: null,
    added: 0,
    duplicates: [],
    duplicateTotal: 0,
    invalid: [],
    invalidTotal: 0,
  };
}

export function addDuplicate(report: ImportReport, duplicate: DuplicateLine): void {
  report.duplicateTotal += 1;
  if (report.duplicates.length < LISTED_LINES) report.duplicates.push(duplicate);
}

export function addInvalid(report: ImportReport, invalid: { line: number; why: string }): void {
  report.invalidTotal += 1;
  if (report.invalid.length < LISTED_LINES) report.invalid.push(invalid);
}

/** Duplicates are found per line and per chunk; the reader wants them by line. */
export function closeReport(report: ImportReport): ImportReport {
  return { ...report, duplicates: report.duplicates.toSorted((a, b) => a.line - b.line) };
}
