import { type AnyColumn, Column, getTableColumns, is, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { QueryResult } from 'pg';
import { packets } from '../chunks.ts';
import type { Db } from './db.ts';

// Many rows in one statement. Differs by necessity: an array per column and `unnest` here, since multi-row VALUES
// cost four times the CPU (425 against 131 µs a vend) and `jsonb_to_recordset` is planned as 100 rows and scans.

/** The database's clock at the start of the statement; milliseconds are cut, as the columns keep no more. */
export const now = sql`date_trunc('milliseconds', statement_timestamp())`;

export function fromNow(ms: number): SQL {
  return sql`${now} + ${ms} * interval '1 millisecond'`;
}

export function oneOf(column: AnyColumn, values: readonly (string | number)[]): SQL {
  return sql`${column} = ANY(${sql.param(values.map(storable))})`;
}

export function oneOfTuples(columns: AnyColumn[], tuples: readonly (readonly string[])[]): SQL {
  const arrays = columns.map(
    (_, at) => sql`${sql.param(tuples.map((tuple) => storable(tuple[at])))}::text[]`,
  );
  return sql`(${list(columns)}) IN (SELECT * FROM unnest(${list(arrays)}))`;
}

/** Rows beyond a place in the order of two columns. */
export function beyond(
  [first, second]: [AnyColumn | SQL, AnyColumn],
  [a, b]: [unknown, unknown],
  way: 'ascending' | 'descending' = 'ascending',
): SQL {
  const further = sql.raw(way === 'ascending' ? '>' : '<');
  const place = sql`(${is(first, Column) ? sql.param(a, first) : a}, ${sql.param(b, second)})`;
  return sql`(${first}, ${second}) ${further} ${place}`;
}

/** Inserts the rows, which name the same columns. 'or nothing' passes over rows that a unique key refuses. */
export async function insertRows<T extends PgTable>(
  db: Db,
  table: T,
  rows: T['$inferInsert'][],
  refused: 'or nothing' | 'or throw' = 'or throw',
): Promise<void> {
  const { columns, values } = driverValues(table, rows);
  const conflict = refused === 'or nothing' ? sql` ON CONFLICT DO NOTHING` : sql``;
  for (const packet of packets(values)) {
    await db.execute(
      sql`INSERT INTO ${table} (${names(columns)}) SELECT * FROM unnest(${arraysOf(columns, packet)})${conflict}`,
    );
  }
}

/** Writes the rows' values to the rows with the same `id`. */
export async function updateRows<T extends PgTable>(
  db: Db,
  table: T,
  rows: (Partial<T['$inferInsert']> & { id: number })[],
): Promise<void> {
  const { columns, values } = driverValues(table, rows);
  const changes = columns
    .filter((column) => column.name !== 'id')
    .map((column) => sql`${sql.identifier(column.name)} = n.${sql.identifier(column.name)}`);
  for (const packet of packets(values)) {
    await db.execute(
      sql`UPDATE ${table} AS t SET ${list(changes)}
        FROM unnest(${arraysOf(columns, packet)}) AS n (${names(columns)}) WHERE t.id = n.id`,
    );
  }
}

export function deleteRows(db: Db, table: PgTable, column: AnyColumn, values: number[]): Promise<unknown> {
  return db.execute(sql`DELETE FROM ${table} WHERE ${oneOf(column, values)}`);
}

/** How many rows a statement wrote. */
export function changed(result: QueryResult): number {
  return result.rowCount ?? 0;
}

export async function selectRows(db: Db, statement: SQL): Promise<Record<string, unknown>[]> {
  const result = await db.execute(statement);
  return result.rows;
}

function driverValues(table: PgTable, rows: object[]): { columns: AnyColumn[]; values: unknown[][] } {
  const all: Record<string, AnyColumn> = getTableColumns(table);
  const keys = Object.keys(rows[0] ?? {}).filter((key) => key in all);
  const columns = keys.flatMap((key) => all[key] ?? []);
  const values = rows.map((row) => {
    const record = row as Record<string, unknown>;
    return columns.map((column, at) => {
      const value = record[keys[at] ?? ''];
      return value === null || value === undefined ? null : storable(column.mapToDriverValue(value));
    });
  });
  return { columns, values };
}

/** Differs by necessity: PostgreSQL's text cannot hold U+0000, and a booking may not be refused for one. */
export function storable<V>(value: V): V | string {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

function arraysOf(columns: AnyColumn[], rows: unknown[][]): SQL {
  return list(
    columns.map((column, at) => sql`${sql.param(rows.map((row) => row[at]))}::${sql.raw(arrayType(column))}`),
  );
}

/** Never varchar(n)[]: such a cast cuts a long text silently; text lets the column refuse it. */
function arrayType(column: AnyColumn): string {
  const type = column.getSQLType();
  return type.startsWith('varchar') ? 'text[]' : `${type}[]`;
}

function names(columns: AnyColumn[]): SQL {
  return list(columns.map((column) => sql.identifier(column.name)));
}

function list(chunks: Parameters<typeof sql.join>[0]): SQL {
  return sql.join(chunks, sql`, `);
}
