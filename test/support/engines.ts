import { inject } from 'vitest';
import { askedFor, type EngineName } from './servers/engine.ts';
import { createDatabase, type FreshDatabase } from './start-engine.ts';

export type { EngineName, FreshDatabase };

/** The engines that this run was asked for. */
export function engines(): EngineName[] {
  return askedFor();
}

/** The administrator's URL of that engine's server in this run. */
export function adminUrl(engine: EngineName): string {
  const url = inject('engines')[engine];
  if (!url) throw new Error(`this run has no ${engine}: KEYBANK_TEST_ENGINES leaves it out`);
  return url;
}

/** A new, empty database on that engine's server. */
export function freshDatabase(engine: EngineName): Promise<FreshDatabase> {
  return createDatabase(engine, adminUrl(engine));
}
