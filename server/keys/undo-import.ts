import { findAct } from '../audit/find-act.ts';
import { recordAudit, statelessAct } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import type { Log } from '../log.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { ImportRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { pause } from '../timers.ts';
import type { Claimer } from './claim.ts';
import { importAct } from './import-act.ts';
import { keysNow, readImportId } from './list-imports.ts';

export interface UndoDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  claimer: Claimer;
}

export interface UndoneImport {
  importId: string;
  sku: string;
  /** Keys taken out by this undo; for a dry run, how many would be. */
  removed: number;
  /** Sold, and revoked: they stay. Keys on hold stay with their orders, and leave when these give them back. */
  kept: { assigned: number; held: number; revoked: number };
  /** Free, but locked by somebody else at each look: another undo takes them out. */
  left: number;
}

/** Keys per transaction. */
const CHUNK = 1000;
/** A key that a buyer's transaction has locked is sold or free again a moment later. */
const LOOKS = 6;
const LONGEST_DELAY_MS = 200;

interface Wish {
  row: ImportRow;
  reason: string;
  actor: string;
}

/**
 * Takes an import back as far as its keys are unsold: they leave the stock for good, and the same file may be imported again.
 * An import that still runs is stopped. What is being sold at that moment is passed over; a last look takes what came free.
 */
export async function undoImport(
  deps: UndoDeps,
  input: { importId: string; reason: string; actor: string; dryRun?: boolean | undefined },
): Promise<Result<UndoneImport>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const id = readImportId(input.importId);
  if (!id.ok) return id;
  const row = await deps.store.findImport({ id: id.value });
  if (!row) return refuse('import.unknown', { importId: id.value });
  const { sku } = row;
  const about = { importId: row.id, sku };
  if (input.dryRun === true) {
    const { available, ...kept } = await keysNow(deps.store, row.id);
    return done({ ...about, removed: available, kept, left: 0 });
  }
  const removed = await takeOut(deps, { row, reason: reason.value, actor: input.actor });
  deps.claimer.reset([sku]);
  deps.log.info('keys.undone', { ...about, removed });
  const { available: left, ...kept } = await keysNow(deps.store, row.id);
  return done({ ...about, removed, kept, left });
}

async function takeOut(deps: UndoDeps, wish: Wish): Promise<number> {
  let removed = 0;
  for (let look = 1; look <= LOOKS; look += 1) {
    const taken = await lookThrough(deps, wish, look === 1);
    if (taken === null) break;
    removed += taken;
    if (taken === 0) await pause(deps.timers, deps.random() * LONGEST_DELAY_MS);
  }
  return removed;
}

/** Null when no free key was left to look at. The first look marks the import, even if it has none. */
async function lookThrough(deps: UndoDeps, wish: Wish, isFirst: boolean): Promise<number | null> {
  let removed = 0;
  for (let afterId = 0; ;) {
    const ids = await deps.store.listFreeImportedKeys({ importId: wish.row.id, afterId, limit: CHUNK });
    const marks = isFirst && afterId === 0;
    if (ids.length > 0 || marks) removed += await undoChunk(deps, wish, ids, marks);
    else if (afterId === 0) return null;
    const last = ids.at(-1);
    if (last === undefined || ids.length < CHUNK) return removed;
    afterId = last;
  }
}

function undoChunk(deps: UndoDeps, wish: Wish, ids: number[], marks: boolean): Promise<number> {
  const actId = deps.newId();
  return transact(deps, (tx, attempt) => undoInside(deps, tx, { ...wish, ids, marks, actId }, attempt), {
    repairs: true,
  });
}

async function undoInside(
  deps: UndoDeps,
  tx: Verbs,
  chunk: Wish & { ids: number[]; marks: boolean; actId: string },
  attempt: number,
): Promise<number> {
  const { row, actId } = chunk;
  const at = deps.clock.now();
  const act = importAct(row.id, { ...chunk, at });
  // The mark locks the import's row: its own chunks, other undos and its trail wait here.
  await tx.noteUndo({ id: row.id, removed: 0, at });
  const before = await findAct(tx, { subject: act.subject, actId, attempt });
  if (before) return Number(before.refs.removed);
  const keyIds = await tx.lockFreeKeys({ ids: chunk.ids });
  const removed = keyIds.length;
  if (removed === 0 && !chunk.marks) return 0;
  await tx.deleteKeys({ keyIds });
  await tx.noteUndo({ id: row.id, removed, at });
  const refs = { act: actId, sku: row.sku, removed };
  await recordAudit(tx, [statelessAct({ ...act, action: 'import.undone', refs })]);
  return removed;
}
