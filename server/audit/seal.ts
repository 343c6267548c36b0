import { createHash } from 'node:crypto';
import type { NewAuditLine } from '../store/rows.ts';

/**
 * The seal of an audit line: SHA-256 (hex) over its fields and the seal of the line before it, so that a changed,
 * missing or inserted line breaks the chain of its subject. The first line's `previousHash` is ''.
 */
export function seal(line: Omit<NewAuditLine, 'hash'>): string {
  const fields = [
    line.previousHash,
    line.subject,
    line.seq,
    line.at.toISOString(),
    line.actor,
    line.action,
    line.fromStatus,
    line.toStatus,
    line.reason,
    Object.entries(line.refs).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
