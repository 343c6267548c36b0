import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import type { PoolConnection } from 'mysql2/promise';

export type Db = MySql2Database;

export function dbOver(connection: PoolConnection): Db {
  return drizzle({ client: connection });
}
