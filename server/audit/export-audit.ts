import { stringify } from 'csv-stringify/sync';
import { done, type Result } from '../errors.ts';
import { listAudit, type AuditEntry, type WantedLines } from './list-audit.ts';

/** Lines a page. */
const PAGE = 1000;

const COLUMNS = [
  'id',
  'at',
  'subject',
  'order',
  'actor',
  'actor_name',
  'action',
  'from',
  'to',
  'reason',
  'refs',
] as const;

/** The audit trail as CSV (RFC 4180), newest first, a page at a time; the heading stands on the first page alone. */
export async function exportAudit(
  deps: Parameters<typeof listAudit>[0],
  input: WantedLines,
): Promise<Result<{ csv: string; next?: string }>> {
  const page = await listAudit(deps, input, PAGE);
  if (!page.ok) return page;
  const { lines, ...rest } = page.value;
  return done({ csv: auditCsv(lines, { heading: input.cursor === undefined }), ...rest });
}

export function auditCsv(lines: AuditEntry[], { heading }: { heading: boolean }): string {
  const rows = lines.map((line) => [
    ...[line.id, line.at, line.subject, line.orderId, line.actor, line.actorName],
    ...[line.action, line.from, line.to, line.reason, JSON.stringify(line.refs)],
  ]);
  return stringify(rows, {
    header: heading,
    columns: [...COLUMNS],
    record_delimiter: 'windows',
    quoted: true,
    escape_formulas: true,
    cast: { string: asText },
  });
}

/** What a spreadsheet may skip before it looks for a formula. */
const SKIPPED = /^[\s\p{Cc}\p{Cf}]/u;

/** Where a spreadsheet that takes another mark than the comma would end the cell, and the signs that begin a formula. */
const INNER_START = /(?<=[;|\t\r\n][\s\p{Cc}\p{Cf}"]*)(?=[=+\-@＝＋－＠﹦﹢﹣﹫])/gu;

/**
 * SECURITY: what a spreadsheet would run stays text, by the apostrophe that `escape_formulas` puts before it. That looks at the
 * very first character, and knows the full-width signs; blanks, invisible characters and small forms before it are ours,
 * and so is what would begin a cell of its own where semicolons, tabs or bars part them.
 */
function asText(cell: string): string {
  const inside = cell.replace(INNER_START, "'");
  const hidden =
    SKIPPED.test(inside) || (/^[^\p{ASCII}]/u.test(inside) && /^[=+\-@]/.test(inside.normalize('NFKC')));
  return hidden ? `'${inside}` : inside;
}
