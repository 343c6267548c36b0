import type { KeyStatus } from '../../shared/statuses.ts';
import { done, refuse, type Result } from '../errors.ts';
import { isUuid } from '../ids.ts';
import type { ImportVerbs } from '../store/store.ts';

const PAGE = 25;
/** Keys that a page of the list counts in all: each is read, a hundred thousand in a fifth of a second. */
const MOST_COUNTED = 100_000;

/** What became of an import's keys that are left. */
export type KeysNow = Record<KeyStatus | 'held', number>;

export interface ImportFacts {
  importId: string;
  sku: string;
  actor: string;
  origin: string;
  added: number;
  removed: number;
  /** ISO */
  createdAt: string;
  undoneAt: string | null;
  /** Null when it has too many keys to count them in a list; a dry run of its undo counts them. */
  now: KeysNow | null;
}

/** The imports, newest first, a page at a time. */
export async function listImports(
  { store }: { store: Pick<ImportVerbs, 'listImports' | 'countImportedKeys'> },
  input: { cursor?: string | undefined },
): Promise<Result<{ imports: ImportFacts[]; next?: string }>> {
  const beforeId = input.cursor === undefined ? null : readMark(input.cursor);
  if (beforeId === undefined) return refuse('lookup.bad_cursor', {});
  const found = await store.listImports({ beforeId, limit: PAGE + 1 });
  const page = found.slice(0, PAGE);
  const imports: ImportFacts[] = [];
  let counted = 0;
  // One after another: a list must not take all connections.
  for (const { id, sku, actor, origin, added, removed, createdAt, undoneAt } of page) {
    const isCounted = counted + added - removed <= MOST_COUNTED;
    if (isCounted) counted += added - removed;
    imports.push({
      ...{ importId: id, sku, actor, origin, added, removed },
      createdAt: createdAt.toISOString(),
      undoneAt: undoneAt?.toISOString() ?? null,
      now: isCounted ? await keysNow(store, id) : null,
    });
  }
  const last = page.at(-1);
  return done(found.length > PAGE && last ? { imports, next: makeMark(last.id) } : { imports });
}

export async function keysNow(
  store: Pick<ImportVerbs, 'countImportedKeys'>,
  importId: string,
): Promise<KeysNow> {
  const now = { available: 0, assigned: 0, held: 0, revoked: 0 };
  for (const { status, count } of await store.countImportedKeys({ importId })) now[status] = count;
  return now;
}

export function readImportId(text: string): Result<string> {
  const id = text.trim().toLowerCase();
  return isUuid(id) ? done(id) : refuse('import.unknown', { importId: 'of that name' });
}

function makeMark(beforeId: string): string {
  return Buffer.from(`before:${beforeId}`).toString('base64url');
}

function readMark(cursor: string): string | undefined {
  const id = /^before:(.+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? '';
  return isUuid(id) ? id : undefined;
}
