import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { AuditVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { beyond, insertRows, selectRows } from './many.ts';
import { auditLog } from './schema.ts';

export function auditVerbs(db: Db): AuditVerbs {
  return {
    findAudit: ({ subject }) =>
      db.select().from(auditLog).where(eq(auditLog.subject, subject)).orderBy(asc(auditLog.seq)),

    insertAudit: ({ lines }) => insertRows(db, auditLog, lines),

    lastAudit: ({ subjects }) =>
      inParts([...new Set(subjects)], async (part) => {
        // Differs by necessity: MySQL jumps to each group's end by itself; here GROUP BY would read the whole chain.
        const rows = await selectRows(
          db,
          sql`SELECT l.subject, l.seq, l.hash FROM unnest(${sql.param(part)}::text[]) AS s (subject)
            CROSS JOIN LATERAL (SELECT subject, seq, hash FROM audit_log
              WHERE audit_log.subject = s.subject ORDER BY seq DESC LIMIT 1) AS l`,
        );
        return rows.map((row) => ({
          subject: String(row.subject),
          seq: Number(row.seq),
          hash: String(row.hash),
        }));
      }),

    listAudit: ({ afterId, limit }) =>
      db.select().from(auditLog).where(gt(auditLog.id, afterId)).orderBy(asc(auditLog.id)).limit(limit),

    searchAudit: ({ subject, actor, action, since, until, before, limit }) => {
      const { id, at, seq } = auditLog;
      const filters = and(
        subject === null ? undefined : eq(auditLog.subject, subject),
        actor === null ? undefined : eq(auditLog.actor, actor),
        action === null ? undefined : eq(auditLog.action, action),
        since === null ? undefined : gte(at, since),
        until === null ? undefined : lt(at, until),
      );
      const lines = db.select().from(auditLog);
      if (subject === null) {
        const older = before === null ? undefined : beyond([at, id], [before.at, before.id], 'descending');
        return lines.where(and(filters, older)).orderBy(desc(at), desc(id)).limit(limit);
      }
      const seqBefore = sql`(SELECT b.seq FROM audit_log AS b WHERE b.id = ${before?.id})`;
      const older = before === null ? undefined : lt(seq, seqBefore);
      return lines.where(and(filters, older)).orderBy(desc(seq)).limit(limit);
    },
  };
}
