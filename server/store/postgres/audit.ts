import { asc, eq, gt, sql } from 'drizzle-orm';
import { inParts } from '../chunks.ts';
import type { AuditVerbs } from '../store.ts';
import type { Db } from './db.ts';
import { insertRows, selectRows } from './many.ts';
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
  };
}
