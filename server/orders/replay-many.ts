import { recordAudit, statelessAct } from '../audit/record.ts';
import { standInLine } from '../audit/stand-in-line.ts';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../../shared/statuses.ts';
import { done, FaultError, makeFault, refuse, type Result } from '../errors.ts';
import type { Receipt } from '../keys/arrival.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { DeliveryRow } from '../store/rows.ts';
import { countSet, readReplaySet, type CountedDeliveries } from './count-replay.ts';
import { listDeliverySet, type DeliverySet } from './delivery-filter.ts';
import { readReplay, type ReplayDeps } from './replay.ts';

/** Deliveries per call: as many as fit between two buyers without their noticing. */
const PAGE = 200;

interface Wish {
  filter: CountedDeliveries;
  /** How many were counted before. */
  count: number;
  reason: string;
  actor: string;
  cursor?: string | undefined;
}
/** One run: all its pages stand in one trail. */
interface Run {
  id: string;
  set: DeliverySet;
  reason: string;
  actor: string;
  from: Mark | null;
}
type Mark = Pick<DeliveryRow, 'receivedAt' | 'id'>;
type Deps = ReplayDeps & RetryDeps;

export interface ReplayedPage {
  replayed: number;
  outcomes: { status: ReceiptStatus; count: number }[];
  next?: string;
}

/**
 * Reads a counted set of deliveries again, oldest first, a page per call. A set that is not as it was counted is refused
 * before anything happens. Orders that staff cancelled stay cancelled; those that are as they should be stay as they are.
 */
export async function replayMany(deps: Deps, input: Wish): Promise<Result<ReplayedPage>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const set = readReplaySet(input.filter);
  if (!set.ok) return set;
  const wish = { set: set.value, reason: reason.value, actor: input.actor };
  const run =
    input.cursor === undefined ? await begin(deps, wish, input.count) : await goOn(deps, wish, input.cursor);
  return run.ok ? done(await runPage(deps, run.value)) : run;
}

async function begin(deps: Deps, wish: Omit<Run, 'id' | 'from'>, counted: number): Promise<Result<Run>> {
  const found = await countSet(deps.store, wish.set);
  if (!found.ok) return found;
  if (found.value !== counted) return refuse('replay.count_changed', { counted, found: found.value });
  const run = { ...wish, id: deps.newId(), from: null };
  await note(deps, run, 'replay.started', { counted }, true);
  return done(run);
}

/** A page mark is good for who began the run, and for the set that was counted then. */
async function goOn(deps: Deps, wish: Omit<Run, 'id' | 'from'>, cursor: string): Promise<Result<Run>> {
  const mark = readMark(cursor);
  const [start] = mark ? await deps.store.findAudit({ subject: `replay:${mark.runId}` }) : [];
  const { counted: _counted, ...begun } = start?.refs ?? {};
  const same = start?.actor === wish.actor && sameRefs(begun, refsOf(wish.set));
  return mark && same ? done({ ...wish, id: mark.runId, from: mark.from }) : refuse('lookup.bad_cursor', {});
}

async function runPage(deps: Deps, run: Run): Promise<ReplayedPage> {
  const wanted = { from: run.from, direction: 'oldest first' as const, limit: PAGE + 1 };
  const found = await listDeliverySet(deps.store, run.set, wanted);
  const page = found.slice(0, PAGE);
  const ends = await replayInOrder(deps, run, page);
  const outcomes = RECEIPT_STATUSES.flatMap((status) => {
    const count = ends.filter((end) => 'status' in end && end.status === status).length;
    return count > 0 ? [{ status, count }] : [];
  });
  const replayed = outcomes.reduce((sum, { count }) => sum + count, 0);
  const counts = Object.fromEntries(outcomes.map(({ status, count }) => [status, count]));
  await note(deps, run, 'replay.run', { replayed, ...counts });
  const broken = ends.find((end) => 'cause' in end);
  if (broken) throw new FaultError(makeFault('replay.interrupted', { replayed, page: page.length }), broken);
  const last = page.at(-1);
  return { replayed, outcomes, ...(found.length > PAGE && last && { next: makeMark(run.id, last) }) };
}

type End = Pick<Receipt, 'status'> | { cause: unknown };

/** They stand in line in their order, and do not wait for one another's commit: the queue makes batches of them. */
async function replayInOrder(deps: Deps, run: Run, page: DeliveryRow[]): Promise<End[]> {
  const { actor, reason } = run;
  const ends: Promise<End[]>[] = [];
  for (const { id: deliveryId } of page) {
    const arrival = await readReplay(deps, { deliveryId, actor, reason, revives: false });
    const end = arrival && deps.queue.submit(arrival);
    if (end) ends.push(end.then((receipt) => [receipt]).catch((cause: unknown) => [{ cause }]));
  }
  return (await Promise.all(ends)).flat();
}

type Refs = Record<string, string | number>;

async function note(deps: Deps, run: Run, action: string, counts: Refs, first = false): Promise<void> {
  const { reason, actor } = run;
  const subject = `replay:${run.id}`;
  const refs = { ...refsOf(run.set), ...counts };
  const line = statelessAct({ subject, at: deps.clock.now(), actor, action, reason, refs, first });
  await standInLine(deps, () => transact(deps, (tx) => recordAudit(tx, [line])));
}

function refsOf({ verdicts, source, site, since, until }: DeliverySet): Refs {
  return {
    verdicts: verdicts.join(' '),
    ...(source !== null && { source }),
    ...(site !== null && { site }),
    ...(since !== null && { since: since.toISOString() }),
    ...(until !== null && { until: until.toISOString() }),
  };
}

function sameRefs(one: Record<string, unknown>, other: Refs): boolean {
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => one[name] === other[name]);
}

function makeMark(runId: string, last: Mark): string {
  return Buffer.from(`run:${runId}:${last.receivedAt.getTime()}:${last.id}`).toString('base64url');
}

function readMark(cursor: string): { runId: string; from: Mark } | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, runId, ms, id] = /^run:([0-9a-f-]{36}):(\d{1,13}):([0-9a-f-]{36})$/.exec(text) ?? [];
  if (runId === undefined || id === undefined) return null;
  return { runId, from: { receivedAt: new Date(Number(ms)), id } };
}
