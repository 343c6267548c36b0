import type { Outbox } from '../mail/outbox.ts';
import type { SiteState } from '../drift/sites.ts';
import { placeOf } from '../drift/place.ts';
import type { AlertKind, InstanceRow, MessageRow, StockLevel } from '../store/rows.ts';
import type { Part } from './part.ts';
import { amount, spell } from './spell.ts';

// Pure: facts in, a word and a sentence out.

const MINUTE_MS = 60_000;
/** A ping takes a few milliseconds, and some hundred on a machine that is busy. */
const SLOW_PING_MS = 1000;
const LATE_MS = 5 * MINUTE_MS;
const STUCK_MS = 30 * MINUTE_MS;

type Verdict = Pick<Part<unknown>, 'status' | 'sentence'>;

const ok = (sentence: string): Verdict => ({ status: 'ok', sentence });
const warn = (sentence: string): Verdict => ({ status: 'warn', sentence });
const bad = (sentence: string): Verdict => ({ status: 'bad', sentence });

export function judgeDatabase({ pingMs, version }: { pingMs: number; version: string }): Verdict {
  const sentence = `${version} answers in ${Math.round(pingMs)} ms`;
  return pingMs > SLOW_PING_MS ? warn(`${sentence}, which is slow.`) : ok(`${sentence}.`);
}

export function judgeInstances(
  instances: readonly (Pick<InstanceRow, 'host' | 'seenAt'> & { isSilent: boolean })[],
  now: Date,
): Verdict {
  const silent = instances.filter(({ isSilent }) => isSilent);
  const alive = instances.length - silent.length;
  if (alive === 0)
    return bad('No server is running on this database: nothing is received and no mail leaves.');
  const [first] = silent.toSorted((a, b) => b.seenAt.getTime() - a.seenAt.getTime());
  if (!first) return ok(`${amount(alive, 'server')} running.`);
  const since = spell(now.getTime() - first.seenAt.getTime());
  return warn(
    `${amount(alive, 'server')} running; ${first.host} was last heard of ${since} ago and did not stop in order. ` +
      'If it was taken away on purpose, it leaves this list within a day.',
  );
}

export interface MailFacts {
  /** The worker of this process; null where none runs, as on the command line. */
  worker: ReturnType<Outbox['state']> | null;
  /** Mails whose time has come. */
  due: number;
  oldestDueMs: number | null;
  /** Mails of the last day that did not arrive, by status; counting stops at 100 each. */
  troubled: { status: MessageRow['status']; count: number; isMore: boolean }[];
}

export function judgeMail({ worker, due, oldestDueMs, troubled }: MailFacts): Verdict {
  const paused = worker?.paused ?? null;
  if (paused?.cause === 'configuration')
    return bad(`The queue stands still: ${paused.why}. Correct KEYBANK_MAIL and restart the server.`);
  const late = oldestDueMs === null ? '' : `${amount(due, 'mail')} due, the oldest for ${spell(oldestDueMs)}`;
  if (oldestDueMs !== null && oldestDueMs > STUCK_MS) return bad(`${late}: no worker sends them.`);
  if (paused) return warn(`The mail server asked for less mail, and the queue rests: ${paused.why}.`);
  if (oldestDueMs !== null && oldestDueMs > LATE_MS) return warn(`${late}.`);
  const some = troubled.filter(({ count }) => count > 0);
  if (some.length === 0) return ok('Mails leave as they come.');
  const words = some.map(({ status, count, isMore }) => `${count}${isMore ? ' or more' : ''} ${status}`);
  return warn(`Mails of the last day that may not have arrived: ${words.join(', ')}.`);
}

export interface OrderFacts {
  waiting: number;
  /** Counting stopped at `waiting`. */
  isMoreWaiting: boolean;
  oldestWaitingSince: Date | null;
  attention: number;
  isMoreAttention: boolean;
}

export function judgeOrders(facts: OrderFacts, now: Date): Verdict {
  const { waiting, isMoreWaiting, oldestWaitingSince, attention, isMoreAttention } = facts;
  const words = [
    ...(oldestWaitingSince === null
      ? []
      : [
          `${amount(waiting, 'order', isMoreWaiting)} for stock, the oldest for ${spell(now.getTime() - oldestWaitingSince.getTime())}`,
        ]),
    ...(attention === 0 ? [] : [`${amount(attention, 'order', isMoreAttention)} for a decision`]),
  ];
  return words.length === 0 ? ok('No order waits.') : warn(`There wait: ${words.join('; ')}.`);
}

export interface AttentionFacts {
  /** What a person must see and nobody settled, by kind; kinds without any are absent. */
  open: { kind: AlertKind; count: number; isMore: boolean }[];
}

export function judgeAttention({ open }: AttentionFacts): Verdict {
  if (open.length === 0) return ok('Nothing is on the attention list.');
  const words = open.map(({ kind, count, isMore }) => `${count}${isMore ? ' or more' : ''} ${kind}`);
  return warn(`On the attention list: ${words.join(', ')}.`);
}

export interface StockFacts {
  low: (Pick<StockLevel, 'sku' | 'available' | 'waiting'> & { threshold: number })[];
  /** Holds that ran out minutes ago and were not released. */
  overdueHolds: number;
}

export function judgeStock({ low, overdueHolds }: StockFacts): Verdict {
  const short = low.filter(({ available, waiting }) => available < waiting);
  if (short.length > 0)
    return bad(`Keys are owed that are not in stock: ${short.map(({ sku }) => sku).join(', ')}.`);
  if (overdueHolds > 0)
    return warn(
      `${amount(overdueHolds, 'key')} on hold past their time: the job release-holds does not run, or an order is locked.`,
    );
  if (low.length > 0) return warn(`Running low: ${low.map(({ sku }) => sku).join(', ')}.`);
  return ok('Every product has stock.');
}

export function judgeSites(sites: readonly SiteState[]): Verdict {
  const silent = sites.filter(({ isSilent }) => isSilent);
  const places = silent.map(({ site, source }) => placeOf({ site, source: source ?? 'no plugin' }));
  if (silent.length > 0) return warn(`No list of bookings for hours: ${places.join('; ')}.`);
  return ok(sites.length === 0 ? 'No site has sent anything yet.' : 'Every site that sends lists is heard.');
}
