import type { Connection, RowDataPacket } from 'mysql2/promise';
import { tooOld } from '../open-error.ts';

interface Server {
  engine: 'mysql' | 'mariadb';
  /** E.g. `MySQL 9.7.4`. */
  version: string;
}

// MySQL: SKIP LOCKED came in 8.0.1, JSON_TABLE in 8.0.4, CHECK in 8.0.16, a byte-wise collation without padding in
// 8.0.17. MariaDB: SKIP LOCKED and JSON_TABLE came in 10.6.
const OLDEST = { mysql: [8, 0, 17], mariadb: [10, 6, 0] };

/** Throws when the server is too old. */
export async function serverVersion(connection: Connection): Promise<Server> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  return readVersion(String(rows[0]?.['version']));
}

function readVersion(said: string): Server {
  const engine = /mariadb/i.test(said) ? 'mariadb' : 'mysql';
  const number = /\d+\.\d+\.\d+/.exec(said)?.[0] ?? '0.0.0';
  const version = `${engine === 'mysql' ? 'MySQL' : 'MariaDB'} ${number}`;
  const parts = number.split('.').map(Number);
  const differing = OLDEST[engine].findIndex((oldest, at) => parts[at] !== oldest);
  if (differing !== -1 && (parts[differing] ?? 0) < (OLDEST[engine][differing] ?? 0)) throw tooOld(version);
  return { engine, version };
}
