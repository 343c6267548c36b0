import type { EngineName } from '../support/engines.ts';
import type { Raw } from './raw.ts';
import type { Sent } from './sent-statements.ts';

/** What matters of a plan, told alike for every engine. */
export interface Plan {
  /** Indexes in use, by name; the primary key is `PRIMARY` (MySQL, MariaDB) or `…_pkey` (PostgreSQL). */
  indexes: string[];
  /** Tables that are read from end to end. */
  scans: string[];
  sorts: boolean;
  /** The most rows that any one step really read; 0 when the plan was not run. */
  rowsRead: number;
  /** Rows that all steps together took from tables and indexes. */
  rowsInAll: number;
  text: string;
}

/** Explains a statement; a SELECT is run for it, in a transaction that is taken back. */
export async function explainPlan(engine: EngineName, raw: Raw, statement: Sent): Promise<Plan> {
  const runs = /^\s*(select|with)\b/i.test(statement.sql);
  await raw.rows(engine === 'postgres' ? 'BEGIN ISOLATION LEVEL READ COMMITTED' : 'START TRANSACTION');
  try {
    if (engine === 'postgres') return await postgresPlan(raw, statement, runs);
    return await mysqlPlan(engine, raw, statement, runs);
  } finally {
    await raw.rows('ROLLBACK');
  }
}

async function postgresPlan(raw: Raw, { sql, values }: Sent, runs: boolean): Promise<Plan> {
  const [row] = await raw.rows(`EXPLAIN (FORMAT JSON${runs ? ', ANALYZE' : ''}) ${sql}`, values);
  const nodes = objectsIn(row?.['QUERY PLAN']).filter((node) => 'Node Type' in node);
  return {
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []).map(String),
    scans: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => String(node['Relation Name'])),
    sorts: nodes.some((node) => String(node['Node Type']).includes('Sort')),
    rowsRead: Math.max(0, ...nodes.map(rowsOfNode)),
    rowsInAll: sum(nodes.filter((node) => 'Relation Name' in node).map(rowsOfNode)),
    text: JSON.stringify(row),
  };
}

/** What the step read: what it gave, and what it threw away. A bitmap counts entries of dead rows too. */
function rowsOfNode(node: Record<string, unknown>): number {
  if (node['Node Type'] === 'Bitmap Index Scan') return 0;
  const given = Number(node['Actual Rows'] ?? 0) + Number(node['Rows Removed by Filter'] ?? 0);
  return given * Number(node['Actual Loops'] ?? 0);
}

async function mysqlPlan(engine: EngineName, raw: Raw, { sql, values }: Sent, runs: boolean): Promise<Plan> {
  const steps = await raw.rows(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values);
  // `<derived2>` is a subquery's result, and a table function is the statement's own list: neither is a table.
  const tables = steps.filter(
    (step) => !String(step['table']).startsWith('<') && !String(step['Extra']).includes('Table function'),
  );
  const analyzed = !runs ? [] : await raw.rows(`${analyze(engine)} ${sql}`, values);
  const told = String(Object.values(analyzed[0] ?? {})[0] ?? '');
  const read = !runs ? [] : engine === 'mariadb' ? rowsOfJson(told) : rowsOfTree(told);
  return {
    indexes: tables.flatMap((step) => (step['key'] === null ? [] : String(step['key']).split(','))),
    scans: tables
      .filter((step) => ['ALL', 'index'].includes(String(step['type'])))
      .map((step) => String(step['table'])),
    sorts: steps.some((step) => String(step['Extra']).includes('filesort')) || /filesort|-> Sort:/.test(told),
    rowsRead: Math.max(0, ...read.map(({ rows }) => rows)),
    rowsInAll: sum(read.filter(({ isLeaf }) => isLeaf).map(({ rows }) => rows)),
    text: `${JSON.stringify(steps)}\n${told}`,
  };
}

function analyze(engine: EngineName): string {
  return engine === 'mariadb' ? 'ANALYZE FORMAT=JSON' : 'EXPLAIN ANALYZE';
}

interface Step {
  rows: number;
  /** It reads a table or an index; other steps work on what steps below them gave. */
  isLeaf: boolean;
}

function rowsOfTree(tree: string): Step[] {
  const lines = tree.split('\n').filter((line) => /^ *->/.test(line));
  return lines.flatMap((line, nth) => {
    const [, rows, loops] = /actual time=\S+ rows=(\S+) loops=(\d+)/.exec(line) ?? [];
    if (loops === undefined) return [];
    return [
      {
        rows: Number(rows) * Number(loops),
        isLeaf: (lines[nth + 1] ?? '').search(/\S/) <= line.search(/\S/),
      },
    ];
  });
}

function rowsOfJson(told: string): Step[] {
  const steps = objectsIn(JSON.parse(told)).filter((step) => 'r_rows' in step);
  return steps.map((step) => ({
    rows: Number(step['r_rows'] ?? 0) * Number(step['r_loops'] ?? 1),
    isLeaf: 'table_name' in step && !('materialized' in step),
  }));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.fromEntries(Object.entries(value));
  return [own, ...Object.values(own).flatMap(objectsIn)];
}
