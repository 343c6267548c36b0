import { asc, eq } from 'drizzle-orm';
import type { StaffVerbs } from '../staff-verbs.ts';
import type { Db } from './db.ts';
import { insertRows } from './many.ts';
import { staff } from './schema.ts';

export function staffVerbs(db: Db): StaffVerbs {
  return {
    findStaffByTokenHash: async ({ tokenHash }) => {
      const rows = await db.select().from(staff).where(eq(staff.tokenHash, tokenHash));
      return rows[0] ?? null;
    },

    insertStaff: (q) => insertRows(db, staff, [q], 'or nothing'),

    listStaff: () => db.select().from(staff).orderBy(asc(staff.id)),

    touchStaff: async ({ id, usedAt }) => {
      await db.update(staff).set({ lastUsedAt: usedAt }).where(eq(staff.id, id));
    },
  };
}
