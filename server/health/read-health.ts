import { ATTENTION_KINDS } from '../alerts/attention.ts';
import type { Clock } from '../clock.ts';
import { siteStates, type SiteState } from '../drift/sites.ts';
import type { Log } from '../log.ts';
import { TROUBLES } from '../mail/list-mails.ts';
import type { Outbox } from '../mail/outbox.ts';
import { lowProducts } from '../stock/check.ts';
import type { InstanceRow } from '../store/rows.ts';
import type { LockCounts } from '../store/staff-verbs.ts';
import type { Store } from '../store/store.ts';
import { SILENT_AFTER_MS, type Instance } from './beat.ts';
import {
  judgeAttention,
  judgeDatabase,
  judgeInstances,
  judgeMail,
  judgeOrders,
  judgeSites,
  judgeStock,
  type AttentionFacts,
  type MailFacts,
  type OrderFacts,
  type StockFacts,
} from './judge.ts';
import { readPart, worstOf, type Health, type Part } from './part.ts';
import { VERSION } from '../version.ts';
import type { MailConfig } from '../config-values.ts';

/** Counting stops here: what is more is more, and health is asked for often. */
const MOST = 100;
const DAY_MS = 24 * 60 * 60_000;
/** The job releases holds each minute. */
const OVERDUE_MS = 5 * 60_000;

/** What the settings say; the console's list of what to do next asks. */
export interface SetUp {
  /** Where mails go; `mailbox`: nowhere beyond this machine. */
  mail: MailConfig['kind'];
  /** KEYBANK_ADMIN_EMAIL is set. */
  hasAdmin: boolean;
  /** KEYBANK_DEFAULT_SKU is set: a course without a mapping sells that. */
  hasDefaultSku: boolean;
}

export interface HealthReport {
  /** The worst of all parts. */
  status: Health;
  parts: {
    database: Part<{ engine: Store['engine']; version: string; pingMs: number; locks: LockCounts }>;
    server: Part<{ version: string; startedAt: Date | null; publicUrl: string; setUp: SetUp }>;
    instances: Part<{ instances: (InstanceRow & { isSilent: boolean })[]; retries: number }>;
    mail: Part<MailFacts>;
    orders: Part<OrderFacts>;
    attention: Part<AttentionFacts>;
    stock: Part<StockFacts>;
    sites: Part<{ sites: SiteState[] }>;
  };
}

export interface HealthDeps {
  store: Store;
  clock: Clock;
  log: Log;
  publicUrl: string;
  /** KEYBANK_LOW_STOCK */
  lowStock: number;
  setUp: SetUp;
  /** This process; null on the command line, which serves nobody. */
  instance: Instance | null;
  mailState(): ReturnType<Outbox['state']> | null;
}

/** How the service is, part by part. Every look is bounded; one that fails is a part that is bad. */
export async function readHealth(deps: HealthDeps): Promise<HealthReport> {
  const part = <F>(name: string, read: (deps: HealthDeps) => Promise<Part<F>>) =>
    readPart(deps.log, name, () => read(deps));
  const server = serverPart(deps);
  // Alone: looks at the same time would make it seem slow.
  const database = await part('database', databasePart);
  const [instances, mail, orders, attention, stock, sites] = await Promise.all([
    part('instances', instancesPart),
    part('mail', mailPart),
    part('orders', ordersPart),
    part('attention', attentionPart),
    part('stock', stockPart),
    part('sites', sitesPart),
  ]);
  const parts = { database, server, instances, mail, orders, attention, stock, sites };
  return { status: worstOf(Object.values(parts)), parts };
}

function serverPart({
  instance,
  publicUrl,
  setUp,
}: Pick<HealthDeps, 'instance' | 'publicUrl' | 'setUp'>): HealthReport['parts']['server'] {
  const facts = { version: VERSION, startedAt: instance?.startedAt ?? null, publicUrl, setUp };
  return { status: 'ok', sentence: `Key Bank ${VERSION}, reached as ${publicUrl}.`, facts };
}

async function databasePart({ store, clock }: HealthDeps): Promise<HealthReport['parts']['database']> {
  const startedAtMs = clock.now().getTime();
  await store.ping();
  const { engine, version } = store;
  const pingMs = Math.max(0, clock.now().getTime() - startedAtMs);
  const facts = { engine, version, pingMs, locks: await store.readLockCounts() };
  return { ...judgeDatabase(facts), facts };
}

async function instancesPart({ store, clock }: HealthDeps): Promise<HealthReport['parts']['instances']> {
  const instances = await store.listInstances({ silentAfterMs: SILENT_AFTER_MS });
  const retries = instances.reduce((sum, one) => sum + one.retries, 0);
  return { ...judgeInstances(instances, clock.now()), facts: { instances, retries } };
}

async function mailPart({ store, clock, mailState }: HealthDeps): Promise<HealthReport['parts']['mail']> {
  const since = clock.now().getTime() - DAY_MS;
  const { due, oldestMs } = await store.queueAge();
  const troubled = await Promise.all(
    TROUBLES.map(async (status) => {
      const found = await store.listTroubled({ status, beforeId: null, limit: MOST });
      const count = found.filter(({ createdAt }) => createdAt.getTime() > since).length;
      return { status, count, isMore: count === MOST };
    }),
  );
  const facts = { worker: mailState(), due, oldestDueMs: oldestMs, troubled };
  return { ...judgeMail(facts), facts };
}

async function ordersPart({ store, clock }: HealthDeps): Promise<HealthReport['parts']['orders']> {
  const [waiting, attention] = await Promise.all(
    (['waiting', 'attention'] as const).map((status) =>
      store.listOrders({ status, afterId: 0, limit: MOST + 1 }),
    ),
  );
  const facts = {
    waiting: Math.min(MOST, waiting?.length ?? 0),
    isMoreWaiting: (waiting?.length ?? 0) > MOST,
    oldestWaitingSince: waiting?.[0]?.createdAt ?? null,
    attention: Math.min(MOST, attention?.length ?? 0),
    isMoreAttention: (attention?.length ?? 0) > MOST,
  };
  return { ...judgeOrders(facts, clock.now()), facts };
}

/** Alerts whose matter has settled itself count until the minute job settles them. Shortages are told by stock. */
async function attentionPart({ store }: HealthDeps): Promise<HealthReport['parts']['attention']> {
  const open: AttentionFacts['open'] = [];
  // One after another: a look at the health must not take all connections.
  for (const kind of ATTENTION_KINDS) {
    const count = await store.countOpenAlerts({ kind, most: MOST + 1 });
    if (count > 0) open.push({ kind, count: Math.min(MOST, count), isMore: count > MOST });
  }
  return { ...judgeAttention({ open }), facts: { open } };
}

async function stockPart({ store, clock, lowStock }: HealthDeps): Promise<HealthReport['parts']['stock']> {
  const low = lowProducts(await store.stockLevels(), lowStock);
  const expired = await store.listExpiredHolds({ limit: MOST });
  const overdueHolds = expired.filter(
    ({ expiresAt }) => clock.now().getTime() - expiresAt.getTime() > OVERDUE_MS,
  ).length;
  const facts = {
    low: low.map(({ sku, available, waiting, lowStock: own }) => ({
      ...{ sku, available, waiting },
      threshold: own ?? lowStock,
    })),
    overdueHolds,
  };
  return { ...judgeStock(facts), facts };
}

async function sitesPart({ store }: HealthDeps): Promise<HealthReport['parts']['sites']> {
  const sites = await siteStates({ store });
  return { ...judgeSites(sites), facts: { sites } };
}
