import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PoolClient } from 'pg';

export type Db = NodePgDatabase;

export function dbOver(client: PoolClient): Db {
  return drizzle({ client });
}
