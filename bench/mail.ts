import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import nodemailer from 'nodemailer';
import { createCore } from '../server/core.ts';
import { systemClock } from '../server/clock.ts';
import { newUuid } from '../server/ids.ts';
import { silentLog } from '../server/log.ts';
import { loadBrand } from '../server/mail/brand.ts';
import { composeMails } from '../server/mail/compose.ts';
import { startOutbox } from '../server/mail/outbox.ts';
import { openTransport } from '../server/mail/transport.ts';
import { newProduct } from '../server/products/new-product.ts';
import { migrate } from '../server/store/migrate.ts';
import { openStore } from '../server/store/open.ts';
import type { MessageRow } from '../server/store/rows.ts';
import type { Store } from '../server/store/store.ts';
import { systemTimers } from '../server/timers.ts';
import { crowd } from '../test/support/service.ts';
import { createDatabase, startEngine } from '../test/support/start-engine.ts';
import { arrivalOf, booking } from '../test/support/world.ts';

// Mails per second of Key Bank's outbox (lease, write from the database, send, settle, audit) against a bare nodemailer
// pool that sends the same mails, ready-made, to the same SMTP server, turn about in one run. What counts is the ratio.
// `npm run bench:mail` does all engines; `npm run bench:mail -- postgres` one.

const ROUNDS = 5;
const MAILS = 3000;
/** What the outbox must reach of the bare pool's rate. */
const GOAL = 0.8;
const CONNECTIONS = 5;
const FROM = 'Key Bank <keys@shop.example>';
const brand = loadBrand();

/** Sells `MAILS` keys: as many orders, each with its mail in the queue. */
async function queueMails(store: Store, round: number): Promise<void> {
  await store.insertProducts({ products: [{ ...newProduct('A'), name: 'Basic Life Support' }] });
  const numbers = Array.from({ length: MAILS }, (_, index) => String(round * MAILS + index + 1));
  await store.insertKeys({ keys: numbers.map((n) => ({ sku: 'A', licenseKey: `K-${n.padStart(8, '0')}` })) });
  const core = createCore({
    ...tools,
    store,
    defaultSku: 'A',
    adminEmail: 'admin@shop.example',
    lowStock: 0,
    onMail: () => {},
  });
  await crowd(numbers, 200, async (externalId) => core.queue.submit(arrivalOf(booking({ externalId }))));
  await core.idle();
}

const tools = {
  clock: systemClock,
  timers: systemTimers,
  random: Math.random,
  newId: newUuid,
  log: silentLog,
};

async function keyBank(store: Store, port: number): Promise<number> {
  const transport = openTransport({
    mail: { kind: 'smtp', url: `smtp://127.0.0.1:${port}` },
    from: FROM,
    brandName: brand.name,
    mailboxDir: '',
    clock: systemClock,
    poolSize: CONNECTIONS,
  });
  const startedAt = performance.now();
  const outbox = startOutbox({
    ...tools,
    store,
    transport,
    brand,
    publicUrl: 'https://keys.example',
    lowStock: 0,
    onFailed: () => {},
  });
  await outbox.drain();
  const perSecond = MAILS / ((performance.now() - startedAt) / 1000);
  await outbox.stop();
  transport.close();
  const unsent = (await store.messageCounts({ since: null })).filter(({ status }) => status !== 'accepted');
  if (unsent.length > 0) throw new Error(`not all mails left: ${JSON.stringify(unsent)}`);
  return perSecond;
}

/** The same mails, written beforehand. */
async function ready(store: Store): Promise<{ html: string; text: string; subject: string }[]> {
  const messages = await store.transaction((tx) => tx.lockDueMessages({ priority: 1, limit: MAILS }));
  const drafts = await composeMails(
    { ...tools, store, brand, publicUrl: 'https://keys.example', lowStock: 0 },
    messages satisfies MessageRow[],
  );
  return [...drafts.values()].flatMap((draft) => (draft.kind === 'mail' ? [draft.mail] : []));
}

async function bare(mails: Awaited<ReturnType<typeof ready>>, port: number): Promise<number> {
  const pool = nodemailer.createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    maxConnections: CONNECTIONS,
    maxMessages: 100,
  });
  const startedAt = performance.now();
  await Promise.all(
    mails.map(({ html, text, subject }, index) =>
      pool.sendMail({
        from: FROM,
        to: { name: 'Ada', address: `buyer${index}@example.test` },
        subject,
        html,
        text,
        attachments: [{ ...brand.logo, contentType: 'image/png', contentDisposition: 'inline' }],
      }),
    ),
  );
  const perSecond = mails.length / ((performance.now() - startedAt) / 1000);
  pool.close();
  return perSecond;
}

async function count(sink: ChildProcess): Promise<number> {
  sink.send('count');
  const [answer] = (await once(sink, 'message')) as [{ mails: number }];
  return answer.mails;
}

async function measure(name: 'mysql' | 'mariadb' | 'postgres'): Promise<void> {
  const server = await startEngine(name, { durable: true, log: () => {} });
  const database = await createDatabase(name, server.url);
  await migrate({ url: database.url });
  const store = await openStore({ url: database.url });
  const sink = fork(new URL('./mail-sink.ts', import.meta.url));
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }];
  const rates: { bare: number; keyBank: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await queueMails(store, round);
    const mails = await ready(store);
    const before = await count(sink);
    const rate = { bare: await bare(mails, port), keyBank: await keyBank(store, port) };
    const sent = (await count(sink)) - before;
    if (sent !== 2 * MAILS) throw new Error(`the SMTP server took ${sent} mails, not ${2 * MAILS}`);
    // The first round warms both up.
    if (round > 0) rates.push(rate);
  }
  const version = store.version;
  sink.disconnect();
  await store.close();
  await database.drop();
  await server.stop();
  const of = (read: (rate: (typeof rates)[number]) => number) => median(rates.map(read));
  console.log(`\n${version}, durable; ${ROUNDS} rounds of ${MAILS} mails, ${CONNECTIONS} connections`);
  console.log(
    `  bare nodemailer pool ${of((rate) => rate.bare)
      .toFixed(0)
      .padStart(6)} mails/s`,
  );
  console.log(
    `  Key Bank's outbox    ${of((rate) => rate.keyBank)
      .toFixed(0)
      .padStart(6)} mails/s`,
  );
  const ratios = rates.map((rate) => rate.keyBank / rate.bare).sort((a, b) => a - b);
  const percent = (ratio: number | undefined) => `${(100 * (ratio ?? 0)).toFixed(0)} %`;
  const ratio = median(ratios);
  console.log(
    `  ratio ${percent(ratio)} (the rounds: ${ratios.map(percent).join(', ')}); the goal is ${percent(GOAL)}`,
  );
  if (ratio < GOAL) process.exitCode = 1;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const asked = process.argv.slice(2);
for (const name of ['mysql', 'mariadb', 'postgres'] as const) {
  if (asked.length === 0 || asked.includes(name)) await measure(name);
}
