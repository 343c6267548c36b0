import type { ClientBase } from 'pg';
import { tooOld } from '../open-error.ts';

const OLDEST = 14;

/** E.g. `PostgreSQL 18.4`; throws when the server is too old. */
export async function serverVersion(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const number = /^[\d.]+/.exec(rows[0]?.server_version ?? '')?.[0] ?? '0';
  const version = `PostgreSQL ${number}`;
  if (Number.parseInt(number, 10) < OLDEST) throw tooOld(version);
  return version;
}
