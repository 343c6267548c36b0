import { sql } from 'drizzle-orm';
import { countPromises } from '../promises.ts';
import type { PromiseCount } from '../rows.ts';
import type { Db } from './db.ts';
import { selectRows } from './many.ts';

export function verifyPromises(db: Db): Promise<PromiseCount[]> {
  return countPromises({
    select: (text) => selectRows(db, sql.raw(text)),
    // Differs by necessity: the engines' arithmetic of time.
    twoMinutesAgo: 'TIMESTAMPADD(MINUTE, -2, UTC_TIMESTAMP(3))',
  });
}
