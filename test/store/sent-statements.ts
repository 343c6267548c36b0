import mysql from 'mysql2';
import pg from 'pg';
import { vi } from 'vitest';

export interface Sent {
  sql: string;
  values: unknown[];
}

/** What the drivers were given while `work` ran: the adapters' own statements, not a test's copy of them. */
export async function sentStatements(work: () => Promise<unknown>): Promise<Sent[]> {
  const base: Pick<mysql.Connection, 'query' | 'execute'> = Object.getPrototypeOf(mysql.Connection.prototype);
  const spies = [vi.spyOn(pg.Client.prototype, 'query'), vi.spyOn(base, 'query'), vi.spyOn(base, 'execute')];
  try {
    await work();
    return spies.flatMap((spy) => spy.mock.calls.flatMap((call: unknown[]) => asSent(call)));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Both drivers take `(text, values)` or an object with `text` or `sql`, and `values` here or there. */
function asSent([first, second]: unknown[]): Sent[] {
  const named = typeof first === 'object' && first !== null ? first : {};
  const sql = typeof first === 'string' ? first : (text(named, 'text') ?? text(named, 'sql'));
  if (sql === null) return [];
  const within: unknown = Reflect.get(named, 'values');
  const values = Array.isArray(second) ? second : Array.isArray(within) ? within : [];
  return [{ sql, values }];
}

function text(from: object, name: string): string | null {
  const value: unknown = Reflect.get(from, name);
  return typeof value === 'string' ? value : null;
}
