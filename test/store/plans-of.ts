import type { Store, Verbs } from '../../server/store/store.ts';
import { explainPlan, type Plan } from './explain-plan.ts';
import type { Raw } from './raw.ts';
import { sentStatements } from './sent-statements.ts';

export interface Explained {
  store: Store;
  raw: Raw;
}

/** The plan of every statement about tables that the verb sends, in a transaction of its own. */
export async function plansOf(
  { store, raw }: Explained,
  work: (tx: Verbs) => Promise<unknown>,
): Promise<Plan[]> {
  const sent = await sentStatements(() => store.transaction(work));
  const statements = sent.filter(
    ({ sql }) => /^\s*\(?(select|with|update)\b/i.test(sql) && /\bfrom\b|\bset\b/i.test(sql),
  );
  const plans: Plan[] = [];
  for (const statement of statements) plans.push(await explainPlan(store.engine, raw, statement));
  return plans;
}

export async function analyze({ store, raw }: Explained, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    await raw.rows(store.engine === 'postgres' ? `ANALYZE ${table}` : `ANALYZE TABLE ${table}`);
}
