import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ReceiptStatus } from '../shared/statuses.ts';
import type { Source } from '../shared/booking-event.ts';
import { SILENT_AFTER_MS } from './drift/sites.ts';
import type { MailEventKind, MailProvider } from './store/rows.ts';
import type { Store } from './store/store.ts';

/** Prometheus metrics of one process. SECURITY: labels are words of ours, never an address, a key or an order id. */
export interface Metrics {
  registry: Registry;
  answered(source: Source, status: ReceiptStatus | 'refused' | 'unavailable', seconds: number): void;
  batch(deliveries: number, ms: number): void;
  mailed(outcome: string): void;
  mailEvent(provider: MailProvider, kind: MailEventKind): void;
  reconciled(status: 'ok' | 'faulty' | 'refused' | 'unavailable'): void;
  retried(): void;
  /** Transactions run again since the start of the process. */
  retries(): number;
}

export function createMetrics(
  store: Pick<Store, 'stockLevels' | 'messageCounts' | 'listReconciles'>,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const answers = new Counter({
    name: 'keybank_webhooks_total',
    help: 'Webhook deliveries by answer',
    labelNames: ['source', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'keybank_webhook_seconds',
    help: 'Time from request to answer of a webhook delivery',
    labelNames: ['source'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const sizes = new Histogram({
    name: 'keybank_vend_batch_deliveries',
    help: 'Deliveries per vending transaction',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'keybank_vend_batch_seconds',
    help: 'Time of a vending transaction',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const mails = new Counter({
    name: 'keybank_mails_total',
    help: 'Tries to send a mail, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const mailEvents = new Counter({
    name: 'keybank_mail_events_total',
    help: 'What mail providers told of mails, each event once',
    labelNames: ['provider', 'kind'],
    registers,
  });
  new Gauge({
    name: 'keybank_keys',
    help: 'License keys by product and status; `waiting` are keys owed',
    labelNames: ['sku', 'status'],
    registers,
    async collect() {
      for (const { sku, available, assigned, held, revoked, waiting } of await store.stockLevels()) {
        for (const [status, count] of Object.entries({ available, assigned, held, revoked, waiting })) {
          this.set({ sku, status }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'keybank_messages',
    help: 'Mails by status',
    labelNames: ['status'],
    registers,
    async collect() {
      const counts = await store.messageCounts({ since: null });
      this.reset();
      for (const { status, count } of counts) this.set({ status }, count);
    },
  });
  const lists = new Counter({
    name: 'keybank_drift_lists_total',
    help: 'Lists of bookings that sites sent for reconciliation, by answer',
    labelNames: ['status'],
    registers,
  });
  new Gauge({
    name: 'keybank_drift_bookings',
    help: 'Bookings that differ by the last lists: `lacking` here, or `unknown` to WordPress',
    labelNames: ['source', 'kind'],
    registers,
    async collect() {
      const rows = await store.listReconciles({ silentAfterMs: 0 });
      // No await from here on: another scrape under way would add its figures to these.
      this.reset();
      for (const { source, lacking, unknown } of rows) {
        this.inc({ source, kind: 'lacking' }, lacking);
        this.inc({ source, kind: 'unknown' }, unknown);
      }
    },
  });
  new Gauge({
    name: 'keybank_drift_silent_sites',
    help: 'Sites that have sent lists before, and none for three hours; one per booking plugin',
    registers,
    async collect() {
      const rows = await store.listReconciles({ silentAfterMs: SILENT_AFTER_MS });
      this.set(rows.filter(({ isSilent }) => isSilent).length);
    },
  });
  const retriesTotal = new Counter({
    name: 'keybank_transaction_retries_total',
    help: 'Transactions run again after a deadlock, a lock timeout or a lost connection',
    registers,
  });
  let retries = 0;
  return {
    registry,
    answered(source, status, taken) {
      answers.inc({ source, status });
      seconds.observe({ source }, taken);
    },
    batch(deliveries, ms) {
      sizes.observe(deliveries);
      batchSeconds.observe(ms / 1000);
    },
    mailed: (outcome) => mails.inc({ outcome }),
    mailEvent: (provider, kind) => mailEvents.inc({ provider, kind }),
    reconciled: (status) => lists.inc({ status }),
    retried() {
      retries += 1;
      retriesTotal.inc();
    },
    retries: () => retries,
  };
}
