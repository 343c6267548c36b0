import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { verifyAll } from '../audit/verify.ts';
import { parseConfig } from '../config.ts';
import { importKeys } from '../keys/import.ts';
import { openLog } from '../log.ts';
import { newProduct } from '../products/new-product.ts';
import { SHAPES, sampleDelivery, type SampleDelivery } from '../sample/sample-bookings.ts';
import { start, type Running } from '../start.ts';
import type { KeptTokens } from '../tokens.ts';
import { demoReport, type DemoFacts } from './demo-report.ts';

const KEYS = { 'BLS-COURSE': 300, 'ALS-COURSE': 200 } as const;
/** Service or event 1 sells the first course, 2 the second. */
const COURSES = Object.keys(KEYS);
const ORDERS = 520;
const SENT_TWICE = 80;
const BUYERS_AT_ONCE = 100;

export interface DemoDeps {
  print(text: string): void;
  /** Draws how far the sale is; 0 to `of`. */
  progress(done: number, of: number): void;
  isTerminal: boolean;
  /** Resolves when the person has seen enough. */
  untilStopped(): Promise<void>;
}

/** The whole job in a temporary data folder: seed, import, a flash sale over HTTP, the proof, and a server to look at. */
export async function runDemo(deps: DemoDeps): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keybank-demo-'));
  let running: Running | null = null;
  try {
    deps.print('Starting a database and a server of their own …');
    const config = parseConfig({ KEYBANK_DATA_DIR: dataDir, KEYBANK_PORT: '0', KEYBANK_MAIL: 'mailbox' });
    running = await start(config, openLog({ level: 'error' }));
    await seed(running);
    deps.print(
      `Two courses, 500 keys in stock. ${ORDERS + SENT_TWICE} bookings come in, ${BUYERS_AT_ONCE} at once:\n`,
    );
    const facts = await flashSale(running, deps);
    deps.print(
      demoReport(facts, { url: running.url, staffToken: tokenWords(running.app.tokens, deps.isTerminal) }),
    );
    await deps.untilStopped();
  } finally {
    await running?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** SECURITY: the token itself on a terminal only; it opens nothing but the demo, and dies with it. */
function tokenWords({ staffToken, staffTokenPath }: KeptTokens, isTerminal: boolean): string {
  return isTerminal ? staffToken : `in ${staffTokenPath ?? 'KEYBANK_STAFF_TOKEN'}`;
}

async function seed({ app }: Running): Promise<void> {
  const { store } = app;
  for (const [index, sku] of COURSES.entries()) {
    await store.saveProduct({
      ...newProduct(sku),
      name: sku === 'BLS-COURSE' ? 'Basic Life Support' : 'Advanced Life Support',
    });
    const itemId = String(index + 1);
    for (const source of ['amelia', 'bookly'] as const) {
      for (const kind of ['service', 'event'] as const) {
        await store.saveMapping({ site: '', source, kind, itemId, sku, quantity: 1, per: 'booking' });
      }
    }
  }
  for (const [sku, count] of Object.entries(KEYS)) {
    const lines = Array.from({ length: count }, (_, index) => `${sku.slice(0, 3)}-${demoKey(index)}`).join(
      '\n',
    );
    await importKeys(app.rpc, { sku, lines, dryRun: false, actor: 'cli', origin: 'demo' });
  }
}

function demoKey(index: number): string {
  const text = ((index + 1) * 2_654_435_761).toString(36).toUpperCase().padStart(12, 'K');
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}`;
}

/** Deliveries in the real shapes; every sixth coupon is buried, and some bookings are sent a second time. */
function deliveries(): SampleDelivery[] {
  const first = Array.from({ length: ORDERS }, (_, index) => {
    const shape = SHAPES[index % SHAPES.length] ?? 'amelia-hook';
    return sampleDelivery(shape, {
      id: index + 1,
      itemId: index % 5 < 3 ? 1 : 2,
      email: `buyer${index + 1}@example.test`,
      firstName: 'Ada',
      lastName: `Buyer ${index + 1}`,
      persons: 1,
      coupon: index % 3 === 0 ? 'FLASH26' : null,
    });
  });
  const again = first
    .filter((_, index) => index % Math.floor(ORDERS / SENT_TWICE) === 0)
    .slice(0, SENT_TWICE);
  // A copy follows its original closely, as an impatient sender's retry does.
  return first.flatMap((delivery) => (again.includes(delivery) ? [delivery, delivery] : [delivery]));
}

async function flashSale({ app, url }: Running, deps: DemoDeps): Promise<DemoFacts> {
  const queue = deliveries();
  const of = queue.length;
  const words = new Map<string, number>();
  const times: number[] = [];
  const token = encodeURIComponent(app.credentials.tokens[0] ?? '');
  const startedAt = performance.now();
  async function buyer(): Promise<void> {
    for (let delivery = queue.shift(); delivery; delivery = queue.shift()) {
      const sentAt = performance.now();
      const answer = await fetch(`${url}/webhooks/${delivery.source}?token=${token}`, {
        method: 'POST',
        headers: { 'content-type': delivery.contentType },
        body: delivery.body,
      });
      const read: unknown = await answer.json();
      times.push(performance.now() - sentAt);
      const word = answer.status === 200 ? wordOf(read) : `HTTP ${answer.status}`;
      words.set(word, (words.get(word) ?? 0) + 1);
      deps.progress(times.length, of);
    }
  }
  await Promise.all(Array.from({ length: BUYERS_AT_ONCE }, buyer));
  const saleMs = performance.now() - startedAt;
  await app.core.idle();
  await app.outbox.drain();
  const mails = (await readdir(app.mailboxDir)).filter((name) => name.endsWith('.eml'));
  const promises = await verifyAll(app.store);
  return {
    words,
    times,
    saleMs,
    mails: mails.length,
    mailboxDir: app.mailboxDir,
    promises,
    levels: await app.store.stockLevels(),
  };
}

function wordOf(answer: unknown): string {
  const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : null;
  return typeof status === 'string' ? status : 'unreadable';
}
