import mysql from 'mysql2';
import pg from 'pg';

export interface Sent {
  sql: string;
  values: unknown[];
}

/**
 * What the drivers were given while `work` ran: the adapters' own statements, not a test's copy of them. Without vitest, so
 * that bench/ may use it too.
 */
export async function sentStatements(work: () => Promise<unknown>): Promise<Sent[]> {
  const base: object = Object.getPrototypeOf(mysql.Connection.prototype);
  const sent: Sent[] = [];
  const note = (args: unknown[]) => sent.push(...asSent(args));
  const restores = [
    listen(pg.Client.prototype, 'query', note),
    listen(base, 'query', note),
    listen(base, 'execute', note),
  ];
  try {
    await work();
    return sent;
  } finally {
    for (const restore of restores) restore();
  }
}

/** Tells the arguments of every call of a method until it is restored. */
function listen(target: object, name: string, note: (args: unknown[]) => void): () => void {
  const own: unknown = Reflect.get(target, name);
  if (typeof own !== 'function') throw new Error(`the driver has no ${name}`);
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]): unknown {
    note(args);
    return Reflect.apply(own, this, args);
  });
  return () => Reflect.set(target, name, own);
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
