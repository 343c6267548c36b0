import { SKU_PATTERN } from '../../shared/sku.ts';
import { recordAudit, statelessAct } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { done, FaultError, makeFault, refuse, type Result } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { faultFields, type Log } from '../log.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { Store } from '../store/store.ts';
import { cleanLine } from '../webhook/clean-values.ts';
import type { TextSource } from './decode-text.ts';
import { importChunk, previewChunk } from './import-chunk.ts';
import { importAct } from './import-act.ts';
import { addDuplicate, addInvalid, closeReport, openReport, type ImportReport } from './import-report.ts';
import { parseKeys } from './parse-keys.ts';

export interface ImportDeps extends RetryDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  log: Log;
  /** Keys came into stock: fills the orders that wait. */
  restocked(skus: string[]): Promise<unknown>;
}

export interface ImportInput {
  sku: string;
  lines: TextSource;
  dryRun: boolean;
  /** `cli`, or `staff:<id>`. */
  actor: string;
  /** Where the keys come from, for the record: a file's base name, `paste`. */
  origin: string;
  /** Kept in the audit trail; left out, it says where the keys come from. */
  reason?: string | undefined;
  /** The column of a table, by heading or number; null finds it. */
  column?: string | null;
  onProgress?(so: { keys: number; added: number }): void;
}

type Reasoned = ImportInput & { reason: string };

/** In characters, as the database keeps it. */
const MAX_ORIGIN = 255;
/** Keys per transaction. */
const CHUNK = 1000;

interface Piece {
  line: number;
  key: string;
}

/**
 * Imports the keys of a file or a paste. Memory stays flat for a million lines. Each chunk commits for itself and is
 * followed by a look at the orders that wait; running an import again is harmless, since keys that are in are recognised.
 */
export async function importKeys(deps: ImportDeps, given: ImportInput): Promise<Result<ImportReport>> {
  const { sku, dryRun } = given;
  const origin = cleanLine(given.origin, MAX_ORIGIN) ?? 'a file';
  if (!SKU_PATTERN.test(sku)) return refuse('sku.invalid', {});
  const reason =
    given.reason === undefined ? done(`keys of ${sku} from ${origin}`) : readReason(given.reason);
  if (!reason.ok) return reason;
  const input = { ...given, origin, reason: reason.value };
  const known = await deps.store.findProducts({ skus: [sku] });
  const report = openReport({ sku, dryRun, newProduct: known.length === 0 });
  let chunk: Piece[] = [];
  let keys = 0;

  async function flush(): Promise<Result<null>> {
    if (chunk.length === 0) return done(null);
    const brought = await bringIn(deps, input, report, chunk);
    keys += chunk.length;
    chunk = [];
    input.onProgress?.({ keys, added: report.added });
    return brought;
  }

  try {
    for await (const found of parseKeys(input.lines, { column: input.column ?? null })) {
      if (found.kind === 'fault') return { ok: false, fault: found.fault };
      if (found.kind === 'format') report.format = found.format;
      if (found.kind === 'invalid') addInvalid(report, { line: found.line, why: found.why });
      if (found.kind === 'duplicate')
        addDuplicate(report, { line: found.line, of: 'file', firstLine: found.firstLine });
      if (found.kind === 'key') chunk.push({ line: found.line, key: found.key });
      const brought = chunk.length === CHUNK ? await flush() : done(null);
      if (!brought.ok) return brought;
    }
    const brought = await flush();
    if (!brought.ok) return brought;
  } catch (cause) {
    if (report.importId === null) throw cause;
    throw new FaultError(makeFault('import.interrupted', { added: report.added }), { cause });
  }
  if (report.importId !== null) await noteEnd(deps, input, report);
  return done(closeReport(report));
}

async function bringIn(
  deps: ImportDeps,
  input: Reasoned,
  report: ImportReport,
  chunk: Piece[],
): Promise<Result<null>> {
  const keys = chunk.map(({ key }) => key);
  if (!input.dryRun) report.importId ??= await noteStart(deps, input);
  const outcome =
    report.importId === null
      ? done(await previewChunk(deps, { keys }))
      : await importChunk(deps, {
          importId: report.importId,
          sku: input.sku,
          keys,
          isNewProduct: report.newProduct && report.added === 0,
          actor: input.actor,
          reason: input.reason,
        });
  if (!outcome.ok) return outcome;
  const { mine, stocked } = outcome.value;
  report.added += mine.size;
  for (const { line, key } of chunk) {
    const sku = stocked.get(key);
    if (sku !== undefined) addDuplicate(report, { line, of: 'stock', sku });
  }
  if (report.importId !== null && mine.size > 0) await serveWaiting(deps, input.sku);
  return done(null);
}

/**
 * The keys of a chunk are committed: orders that wait for them need not wait for the rest of the file. An order that
 * begins to wait after this look finds the keys itself. The look comes first because counting the stock after every
 * chunk halved the speed of a big import (4,500 instead of 9,700 lines/s over a million).
 */
async function serveWaiting(deps: ImportDeps, sku: string): Promise<void> {
  try {
    const waiting = await deps.store.skusWaiting({ skus: [sku] });
    if (waiting.length > 0) await deps.restocked([sku]);
  } catch (error) {
    // The keys are in; the minute job repairs what fails here.
    deps.log.error('job.fault', { job: 'restock', ...faultFields(error) });
  }
}

async function noteStart(deps: ImportDeps, input: Reasoned): Promise<string> {
  const id = deps.newId();
  const { sku, actor } = input;
  const row = { id, sku, actor, createdAt: deps.clock.now() };
  await transact(deps, async (tx) => {
    await tx.insertImport({
      row: { ...row, origin: input.origin, added: 0, undoneAt: null, removed: 0 },
    });
    const act = importAct(id, { ...input, at: row.createdAt });
    await recordAudit(tx, [statelessAct({ ...act, action: 'import.started', refs: { sku }, first: true })]);
  });
  return id;
}

async function noteEnd(deps: ImportDeps, input: Reasoned, report: ImportReport): Promise<void> {
  const { importId, sku, added, duplicateTotal: duplicates, invalidTotal: invalid } = report;
  if (importId === null) return;
  const refs = { sku, added, duplicates, invalid };
  await transact(deps, async (tx) => {
    // Adding nothing locks the import's row: it may be undone at this moment, and an undo writes to the same trail.
    await tx.addToImport({ id: importId, added: 0 });
    const act = importAct(importId, { ...input, at: deps.clock.now() });
    await recordAudit(tx, [statelessAct({ ...act, action: 'import.finished', refs })]);
  });
  deps.log.info('keys.imported', { importId, sku, added, duplicates, invalid });
}
