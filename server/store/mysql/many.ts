import { and, type AnyColumn, eq, getTableColumns, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import type { MySqlTable } from 'drizzle-orm/mysql-core';
import type { MySqlRawQueryResult } from 'drizzle-orm/mysql2';
import { packets } from '../chunks.ts';
import type { Db } from './db.ts';

// Many rows in one statement. Differs by necessity: multi-row VALUES and IN lists here, which mysql2 writes out from
// one nested array; never INSERT … SELECT, whose AUTO-INC lock on MariaDB blocks every other insert into the table.

/**
 * For what locks rows named by their primary key: without the hint a small table is scanned, and the scan waits for
 * strangers' locked rows. (A scanning UPDATE looks past those, a SELECT and a DELETE do not.)
 */
export const byPrimaryKey = { forceIndex: 'PRIMARY' };

/** The database's clock at the start of the statement; milliseconds are cut, as the columns keep no more. */
export const now = sql`UTC_TIMESTAMP(3)`;

export function fromNow(ms: number): SQL {
  return sql`TIMESTAMPADD(MICROSECOND, ${Math.round(ms * 1000)}, ${now})`;
}

export function oneOf(column: AnyColumn, values: readonly (string | number)[]): SQL {
  return sql`${column} IN (${sql.param(values)})`;
}

export function oneOfTuples(columns: AnyColumn[], tuples: readonly (readonly string[])[]): SQL {
  return sql`(${list(columns)}) IN (${sql.param(tuples)})`;
}

/**
 * Rows beyond a place in the order of two columns. Differs by necessity: of a row comparison MySQL makes no range of an
 * index; of these two it makes two, one after the other.
 */
export function beyond(
  [first, second]: [AnyColumn, AnyColumn],
  [a, b]: [unknown, unknown],
  way: 'ascending' | 'descending' = 'ascending',
): SQL | undefined {
  const further = way === 'ascending' ? gt : lt;
  return or(and(eq(first, a), further(second, b)), further(first, a));
}

/**
 * Inserts the rows, which name the same columns. 'or nothing' passes over rows that a unique key refuses.
 * Never `id = id` for that: on MariaDB it silently lost new rows (an auto-increment collision taken for a duplicate),
 * so it is the first column given, and `id` never is. Never INSERT IGNORE: it truncates and stores NULLs.
 */
export async function insertRows<T extends MySqlTable>(
  db: Db,
  table: T,
  rows: T['$inferInsert'][],
  refused: 'or nothing' | 'or throw' = 'or throw',
): Promise<void> {
  const { columns, values } = driverValues(table, rows);
  const kept = sql.identifier(columns[0]?.name ?? '');
  const conflict = refused === 'or nothing' ? sql` ON DUPLICATE KEY UPDATE ${kept} = ${kept}` : sql``;
  for (const packet of packets(values)) {
    await db.execute(sql`INSERT INTO ${table} (${names(columns)}) VALUES ${sql.param(packet)}${conflict}`);
  }
}

/**
 * Writes the rows' values to the rows with the same `id`. STRAIGHT_JOIN and FORCE INDEX, both: a plain join on a
 * small table scans it and locks every row.
 */
export async function updateRows<T extends MySqlTable>(
  db: Db,
  table: T,
  rows: (Partial<T['$inferInsert']> & { id: number })[],
): Promise<void> {
  const { columns, values } = driverValues(table, rows);
  const fields = columns.map((column, at) =>
    sql.raw(`\`${column.name}\` ${jsonType(column)} PATH '$[${at}]' ERROR ON ERROR`),
  );
  const changes = columns
    .filter((column) => column.name !== 'id')
    .map((column) => sql`t.${sql.identifier(column.name)} = n.${sql.identifier(column.name)}`);
  for (const packet of packets(values)) {
    await db.execute(
      sql`UPDATE JSON_TABLE(${wellFormed(JSON.stringify(packet))}, '$[*]' COLUMNS (${list(fields)})) AS n
        STRAIGHT_JOIN ${table} AS t FORCE INDEX (PRIMARY) ON t.id = n.id SET ${list(changes)}`,
    );
  }
}

/**
 * `column` begins the primary key. A join, since a small table is scanned otherwise, whatever index a DELETE is told
 * to use (measured on MySQL 9.7 and MariaDB 10.11).
 */
export function deleteRows(db: Db, table: MySqlTable, column: AnyColumn, values: number[]): Promise<unknown> {
  const named = sql`JSON_TABLE(${JSON.stringify(values)}, '$[*]' COLUMNS (id BIGINT PATH '$' ERROR ON ERROR)) AS n`;
  return db.execute(
    sql`DELETE ${table} FROM ${named} STRAIGHT_JOIN ${table} FORCE INDEX (PRIMARY) ON ${column} = n.id`,
  );
}

/** How many rows a statement found and wrote. */
export function changed([result]: MySqlRawQueryResult): number {
  return result.affectedRows;
}

export async function selectRows(db: Db, statement: SQL): Promise<Record<string, unknown>[]> {
  const [rows] = await db.execute(statement);
  return rows as unknown as Record<string, unknown>[];
}

function driverValues(table: MySqlTable, rows: object[]): { columns: AnyColumn[]; values: unknown[][] } {
  const all: Record<string, AnyColumn> = getTableColumns(table);
  const keys = Object.keys(rows[0] ?? {}).filter((key) => key in all);
  const columns = keys.flatMap((key) => all[key] ?? []);
  const values = rows.map((row) => {
    const record = row as Record<string, unknown>;
    return columns.map((column, at) => {
      const value = record[keys[at] ?? ''];
      return value === null || value === undefined ? null : column.mapToDriverValue(value);
    });
  });
  return { columns, values };
}

/**
 * One character wider than the column, and times as text: without ERROR ON ERROR MySQL makes NULL of what does not
 * fit, and even with it MariaDB cuts and zeroes silently, so that the strict assignment must refuse.
 */
function jsonType(column: AnyColumn): string {
  const type = column.getSQLType();
  const length = /^varchar\((\d+)\)$/.exec(type)?.[1];
  if (length !== undefined) return `VARCHAR(${Number(length) + 1})`;
  return type.startsWith('datetime') ? 'VARCHAR(30)' : type;
}

/** Lone surrogates, which JSON.stringify escapes, as U+FFFD: MySQL refuses them in JSON, and everywhere else we send U+FFFD. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\ufffd');
}

function names(columns: AnyColumn[]): SQL {
  return list(columns.map((column) => sql.identifier(column.name)));
}

function list(chunks: Parameters<typeof sql.join>[0]): SQL {
  return sql.join(chunks, sql`, `);
}
