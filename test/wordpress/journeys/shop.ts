import { randomBytes } from 'node:crypto';
import type { ParsedMail } from 'mailparser';
import mysql from 'mysql2/promise';
import { adminUrl, engines, freshDatabase, type EngineName } from '../../support/engines.ts';
import { startService, WEBHOOK_TOKEN, type Service } from '../../support/service.ts';
import { openSmtpSink, type SmtpSink } from '../../support/smtp-sink.ts';
import type { RequestOptions } from '../support/request.ts';
import type { Outcome } from '../support/scenario.ts';
import { startWordPress, type WordPress, type WordPressOptions } from '../support/wordpress.ts';

export const SIGNING_SECRET = 'signing-secret-of-the-journeys-0123456789';

/** WordPress runs on MySQL or MariaDB: MariaDB where this run has it. */
export const WORDPRESS_ENGINE: EngineName = engines().includes('mariadb') ? 'mariadb' : 'mysql';

/** What the shop sells: source, kind and id of the course, and its product. */
const COURSES = [
  ['amelia', 'service', '1', 'WORKSHOP', 'booking'],
  ['amelia', 'service', '2', 'SEMINAR', 'purchase'],
  ['amelia', 'event', '1', 'CAMP', 'booking'],
  ['amelia', 'event', '2', 'FAIR', 'booking'],
  ['amelia', 'package', '1', 'PACKAGE', 'booking'],
  ['bookly', 'service', '1', 'WORKSHOP', 'booking'],
  ['bookly', 'service', '2', 'SEMINAR', 'purchase'],
  ['bookly', 'service', '3', 'COURSE', 'booking'],
  ['bookly', 'service', '4', 'DUET', 'booking'],
] as const;

/** An order as `orders.get` answers it, as far as the journeys look. */
export interface Order {
  orderId: string;
  site: string;
  status: string;
  reason: string | null;
  email: string | null;
  alternates: string[];
  coupon: string | null;
  sku: string | null;
  keys: { status: string; masked: string }[];
  messages: { kind: string; recipient: string }[];
}

/** WordPress with both booking plugins, a Key Bank server with keys in stock, and everybody's mailbox. */
export interface Shop {
  wordpress: WordPress;
  bank: Service;
  sink: SmtpSink;
  /** Runs a scenario; what it queued has been sent, or has failed, when this resolves. */
  happen(name: string, input?: Record<string, unknown>, options?: RequestOptions): Promise<Outcome>;
  /** As `amelia:13`; null when the server has no such order. */
  order(orderId: string): Promise<Order | null>;
  lookup(query: string): Promise<string[]>;
  /** The keys in the mails to that address; waits for the first mail. */
  mailed(address: string): Promise<string[]>;
  mailsTo(address: string): ParsedMail[];
  /** The rows of the outbox about that booking, oldest first. */
  told(source: string, id: number, kind?: string): Promise<Told[]>;
  /** Which of the keys that were imported. */
  imported: Set<string>;
  /** The server's database. */
  bankSql(query: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export interface Told {
  hook: string;
  answer: string | null;
  orderId: string | null;
  body: string;
}

export async function openShop({
  engine = WORDPRESS_ENGINE,
  ...about
}: Partial<WordPressOptions> & { engine?: EngineName } = {}): Promise<Shop> {
  const database = await freshDatabase(engine);
  const sink = await openSmtpSink();
  const bank = await startService({
    DATABASE_URL: database.url,
    KEYBANK_SIGNING_SECRET: SIGNING_SECRET,
    KEYBANK_MAIL: sink.url,
    KEYBANK_MAIL_FROM: 'Course Shop <keys@shop.example>',
    KEYBANK_ADMIN_EMAIL: 'admin@shop.example',
  });
  const [wordpress, imported] = await Promise.all([
    startWordPress({
      php: '8.2',
      wordpress: '6.5',
      database: adminUrl(engine),
      server: 'fpm',
      ...about,
      constants: {
        KEYBANK_URL: bank.url,
        KEYBANK_TOKEN: WEBHOOK_TOKEN,
        KEYBANK_SIGNING_SECRET: SIGNING_SECRET,
        ...about.constants,
      },
    }),
    fillStock(bank),
  ]);
  // The first request makes the tables.
  await wordpress.get('/');
  const pool = mysql.createPool({ uri: database.url, connectionLimit: 2, dateStrings: true });

  const mailsTo = (address: string) => sink.mails.filter((mail) => recipients(mail).includes(address));
  return {
    wordpress,
    bank,
    sink,
    imported,
    mailsTo,
    async happen(name, input = {}, options = {}) {
      const outcome = await wordpress.scenario(name, input, options);
      await wordpress.idle();
      // Without PHP-FPM nothing is sent in the request.
      if (about.server === 'cli') await wordpress.runCron('keybank_deliver', options.site);
      return outcome;
    },
    async order(orderId) {
      const { status, data } = await bank.rpc('orders.get', { orderId });
      return status === 200 ? read<Order>(data) : null;
    },
    async lookup(query) {
      const { data } = await bank.rpc('orders.lookup', { query });
      return read<{ orders: Order[] }>(data).orders.map((order) => order.orderId);
    },
    async mailed(address) {
      await sink.waitFor((mail) => recipients(mail).includes(address));
      return mailsTo(address).flatMap((mail) => keysIn(mail.text ?? ''));
    },
    async told(source, id, kind = 'booking') {
      const rows = await wordpress.sql(
        `SELECT hook, answer, order_id AS orderId, body FROM wp_keybank_outbox
         WHERE source = ? AND booking = ? AND kind = ? ORDER BY id`,
        [source, id, kind],
      );
      return read<Told[]>(rows);
    },
    async bankSql(query) {
      const [rows] = await pool.query<mysql.RowDataPacket[]>(query);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    async stop() {
      await wordpress.stop();
      await bank.stop();
      await sink.close();
      await pool.end();
      await database.drop();
    },
  };
}

/** Keys that nobody could guess, so that one in a mail was in stock. */
async function fillStock(bank: Service): Promise<Set<string>> {
  const imported = new Set<string>();
  for (const sku of new Set(COURSES.map(([, , , product]) => product))) {
    const keys = Array.from(
      { length: 60 },
      () => `KB-${sku}-${randomBytes(5).toString('hex').toUpperCase()}`,
    );
    for (const key of keys) imported.add(key);
    await bank.rpc('products.save', { sku, name: `Course ${sku}`, reason: 'set up' });
    await bank.rpc('keys.import', { sku, text: keys.join('\n'), dryRun: false });
  }
  for (const [source, kind, itemId, sku, per] of COURSES)
    await bank.rpc('products.mappings.save', { source, kind, itemId, sku, per, reason: 'set up' });
  return imported;
}

export function keysIn(text: string): string[] {
  return [...new Set(text.match(/KB-[A-Z]+-[0-9A-F]{10}/g) ?? [])];
}

export function recipients(mail: ParsedMail): string[] {
  const fields = Array.isArray(mail.to) ? mail.to : mail.to ? [mail.to] : [];
  return fields.flatMap((field) => field.value.flatMap((one) => (one.address ? [one.address] : [])));
}

/** Complaints that our own files caused; WordPress's core and the stand-in may have theirs. */
export function ownFaults(debugLog: string): string[] {
  return debugLog.split('\n').filter((line) => /mu-plugins|KeyBank\\|wp_keybank_/.test(line));
}

/** Addresses nobody had before. */
export function freshAddress(name: string): string {
  return `${name}.${randomBytes(3).toString('hex')}@example.test`;
}

function read<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value));
}
