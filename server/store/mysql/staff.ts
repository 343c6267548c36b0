import { asc, eq } from 'drizzle-orm';
import type { StaffVerbs } from '../staff-verbs.ts';
import type { Db } from './db.ts';
import { insertRows } from './many.ts';
import { staff } from './schema.ts';

export function staffVerbs(db: Db): StaffVerbs {
  return {
    findStaff: async ({ id }) => {
      const rows = await db.select().from(staff).where(eq(staff.id, id));
      return rows[0] ?? null;
    },

    findStaffByTokenHash: async ({ tokenHash }) => {
      const rows = await db.select().from(staff).where(eq(staff.tokenHash, tokenHash));
      return rows[0] ?? null;
    },

    insertStaff: (q) => insertRows(db, staff, [q], 'or nothing'),

    listStaff: () => db.select().from(staff).orderBy(asc(staff.id)),

    lockStaff: () => db.select().from(staff).orderBy(asc(staff.id)).for('update'),

    touchStaff: async ({ id, usedAt }) => {
      await db.update(staff).set({ lastUsedAt: usedAt }).where(eq(staff.id, id));
    },

    updateStaff: async ({ id, role, grants, tokenHash, revokedAt }) => {
      await db.update(staff).set({ role, grants, tokenHash, revokedAt }).where(eq(staff.id, id));
    },
  };
}
