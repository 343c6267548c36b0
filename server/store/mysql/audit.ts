import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { AuditVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { beyond, insertRows, oneOf, selectRows } from './many.ts';
import { auditLog } from './schema.ts';

export function auditVerbs(db: Db): AuditVerbs {
  return {
    findAudit: ({ subject }) =>
      db.select().from(auditLog).where(eq(auditLog.subject, subject)).orderBy(asc(auditLog.seq)),

    insertAudit: ({ lines }) => insertRows(db, auditLog, lines),

    lastAudit: ({ subjects }) =>
      inParts([...new Set(subjects)], async (part) => {
        // Differs by necessity: MariaDB has no LATERAL; both jump to each group's end in the index of (subject, seq).
        const rows = await selectRows(
          db,
          sql`SELECT l.subject, l.seq, l.hash FROM (SELECT subject, MAX(seq) AS seq FROM audit_log
              WHERE ${oneOf(auditLog.subject, part)} GROUP BY subject) AS s
            JOIN audit_log AS l ON l.subject = s.subject AND l.seq = s.seq`,
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
      // Differs by necessity: see many.ts. With more filters than one the plan takes the index that fewer lines are in.
      const named = [actor && 'audit_log_by_actor', action && 'audit_log_by_action'].filter(
        (index) => index !== null,
      );
      const [index = 'audit_log_by_time'] = named;
      const lines = db
        .select()
        .from(auditLog, named.length > 1 || subject !== null ? {} : { forceIndex: index });
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
