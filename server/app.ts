import { join, resolve } from 'node:path';
import { parseOrderId } from '../shared/booking-event.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createCore, type Core } from './core.ts';
import { openDatabase } from './database.ts';
import type { ReconcileDeps } from './drift/reconcile.ts';
import type { Instance } from './health/beat.ts';
import { openHelpDesk, type HelpDesk } from './help/help-desk.ts';
import { hostName } from './host.ts';
import { newUuid, type NewId } from './ids.ts';
import type { VendQueue } from './keys/vend-batch.ts';
import type { Log } from './log.ts';
import { loadBrand, type Brand } from './mail/brand.ts';
import { startOutbox, type Outbox } from './mail/outbox.ts';
import type { ReceiveEventsDeps } from './mail/events/receive-events.ts';
import { openTransport, type Transport } from './mail/transport.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { keepDefaultProduct } from './products/make-product.ts';
import { replayDelivery, replayOrder } from './orders/replay.ts';
import type { RpcDeps } from './rpc/trpc.ts';
import { createGuesses } from './staff/guesses.ts';
import { SESSION_LIMITS } from './staff/sessions.ts';
import { bootstrapStaff } from './staff/first-admin.ts';
import type { Store } from './store/store.ts';
import { systemTimers } from './timers.ts';
import { keepTokens, type KeptTokens } from './tokens.ts';
import type { Credentials } from './webhook/authenticate.ts';
import { VERSION } from './version.ts';
import { createSites, type Sites } from './webhook/site.ts';

/** What the command line needs: the store and the use-cases, without HTTP and without a mail worker. */
export interface CoreApp {
  config: Config;
  tokens: KeptTokens;
  /** Whether the kept or configured staff token is still somebody's: it may have been renewed or revoked. */
  staffTokenOpens: boolean;
  store: Store;
  /** Where the embedded database is; null when the shop has a server of its own. */
  databaseFolder: string | null;
  clock: Clock;
  log: Log;
  newId: NewId;
  core: Core;
  rpc: RpcDeps;
  metrics: Metrics;
  /** Lets what is under way end, then closes the database. */
  close(): Promise<void>;
}

/** The running service: everything a route needs. */
export interface App extends CoreApp {
  credentials: Credentials;
  sites: Sites;
  reconcile: Omit<ReconcileDeps, 'store' | 'clock' | 'log'>;
  mailEvents: Omit<ReceiveEventsDeps, 'store' | 'clock' | 'log'>;
  queue: VendQueue;
  transport: Transport;
  outbox: Outbox;
  mailboxDir: string;
  brand: Brand;
  instance: Instance;
  helpDesk: HelpDesk;
}

/** Where the local mailbox keeps its mails. */
export function mailboxDir(config: Config): string {
  return join(resolve(config.dataDir), 'mailbox');
}

/** How mails leave by these settings. Throws on settings that cannot be right. */
export function openConfiguredTransport(config: Config, brand: Brand): Transport {
  return openTransport({
    mail: config.mail,
    from: config.mailFrom,
    brandName: brand.name,
    mailboxDir: mailboxDir(config),
    clock: systemClock,
    ...(config.mailRate !== null && { ratePerSecond: config.mailRate }),
  });
}

/** The composition root of the command line. The caller closes it. */
export async function openCoreApp(config: Config, log: Log, onMail: () => void = () => {}): Promise<CoreApp> {
  const tokens = await keepTokens({ dataDir: config.dataDir, config });
  const database = await openDatabase(config, log);
  const { store, folder: databaseFolder } = database;
  const metrics = createMetrics(store);
  const deps = {
    store,
    clock: systemClock,
    timers: systemTimers,
    random: Math.random,
    noteRetry: metrics.retried,
    newId: newUuid,
    log,
    onMail,
  };
  const { opens: staffTokenOpens } = await bootstrapStaff(deps, { staffToken: tokens.staffToken });
  if (config.defaultSku !== null) {
    await keepDefaultProduct(deps, config.defaultSku);
  }
  const { defaultSku, adminEmail, lowStock } = config;
  const observe = ({ deliveries, ms }: { deliveries: number; ms: number }) => metrics.batch(deliveries, ms);
  const core = createCore({ ...deps, defaultSku, adminEmail, lowStock, observe });
  const rpc: RpcDeps = {
    ...deps,
    guesses: createGuesses(systemClock),
    sessionLimits: SESSION_LIMITS,
    claimer: core.claimer,
    publicUrl: config.publicUrl,
    lowStock,
    setUp: { mail: config.mail.kind, hasAdmin: config.isAdminEmailSet, hasDefaultSku: defaultSku !== null },
    instance: null,
    restocked: (skus) => core.restock.fill(skus),
    mappingChanged: (item) => core.reconsider(item),
    async replay(orderId, reason, actor) {
      const order = parseOrderId(orderId);
      return order ? replayOrder({ ...deps, queue: core.queue }, { order, actor, reason }) : null;
    },
    replayDelivery: (deliveryId, reason, actor) =>
      replayDelivery({ ...deps, queue: core.queue }, { deliveryId, actor, reason, revives: true }),
    queue: core.queue,
    onAlert: () => core.tellSoon(),
    mailState: () => null,
  };
  return {
    config,
    tokens,
    staffTokenOpens,
    store,
    databaseFolder,
    clock: systemClock,
    log,
    newId: newUuid,
    core,
    rpc,
    metrics,
    async close() {
      await core.idle();
      await database.close();
    },
  };
}

/** The composition root of the service: adds the mail worker, the metrics and what the routes need. */
export async function openApp(config: Config, log: Log): Promise<App> {
  // Before the database: mail settings that cannot be right must not leave an embedded server behind.
  const brand = loadBrand();
  const transport = openConfiguredTransport(config, brand);
  const wake = { outbox: () => {} };
  const base = await openCoreApp(config, log, () => wake.outbox());
  const outbox = startOutbox({
    store: base.store,
    transport,
    clock: base.clock,
    timers: systemTimers,
    random: Math.random,
    noteRetry: base.metrics.retried,
    newId: base.newId,
    log,
    brand,
    publicUrl: config.publicUrl,
    lowStock: config.lowStock,
    onFailed: () => base.core.tellSoon(),
    onOutcome: (outcome) => base.metrics.mailed(outcome),
  });
  wake.outbox = () => outbox.wake();
  const helpDesk = openHelpDesk(base.rpc);
  const instance = { id: newUuid(), host: hostName(), version: VERSION, startedAt: base.clock.now() };
  return {
    ...base,
    rpc: { ...base.rpc, mailState: outbox.state, instance },
    instance,
    credentials: {
      tokens: base.tokens.webhookTokens,
      signingSecret: config.signingSecret,
      acceptUnsigned: config.acceptUnsigned,
    },
    sites: createSites(base.store),
    reconcile: {
      timers: systemTimers,
      random: Math.random,
      noteRetry: base.metrics.retried,
      onAlerts: () => base.core.tellSoon(),
    },
    mailEvents: {
      timers: systemTimers,
      random: Math.random,
      noteRetry: base.metrics.retried,
      credentials: { postmark: config.postmarkEvents, sendgrid: config.sendgridEvents },
      onAlerts: () => base.core.tellSoon(),
      observe: (provider, kind) => base.metrics.mailEvent(provider, kind),
    },
    queue: base.core.queue,
    transport,
    outbox,
    mailboxDir: mailboxDir(config),
    brand,
    helpDesk,
    async close() {
      await helpDesk.idle();
      await base.core.idle();
      await outbox.stop();
      transport.close();
      await base.close();
    },
  };
}
