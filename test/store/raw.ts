import mysql from 'mysql2/promise';
import pg from 'pg';
import type { EngineName } from '../support/engines.ts';

/** A connection past the store, for what no verb shows: plans, catalogues, planted damage. */
export interface Raw {
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

export async function openRaw(engine: EngineName, url: string): Promise<Raw> {
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return {
      rows: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
      end: () => client.end(),
    };
  }
  const connection = await mysql.createConnection({ uri: url, supportBigNumbers: true });
  return {
    rows: async (sql, values) => {
      const [rows] = await connection.query<mysql.RowDataPacket[]>(sql, values);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    end: () => connection.end(),
  };
}
