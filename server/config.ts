import { z } from 'zod';
import { SKU_RULE, skuSchema } from '../shared/sku.ts';
import * as values from './config-values.ts';
import { ConfigError, unknownNames, type ConfigFault } from './config-error.ts';
import { faultsBetween } from './config-rules.ts';
import type { Source } from '../shared/booking-event.ts';

interface Setting {
  purpose: string;
  example: string;
  allowed: string;
  /** Where an example is not one to copy. */
  wayOut?: string;
  /** Its value may stand in an error message. */
  open?: true;
}

const settings = z.registry<Setting>();

/** The environment, one variable an entry. What each means at length: docs/config.md. */
const environment = z.object({
  DATABASE_URL: values.databaseUrl.optional().register(settings, {
    purpose: 'The database server. Unset: an embedded PostgreSQL under the data folder.',
    example: 'mysql://keybank:password@127.0.0.1:3306/keybank',
    allowed: 'mysql://…, mariadb://… or postgres://… with a host and a database name',
  }),
  KEYBANK_HOST: z.string().regex(/^\S+$/, 'has white space inside').default('127.0.0.1').register(settings, {
    purpose: 'The address to listen on. Unset: this machine only.',
    example: '0.0.0.0',
    allowed: 'an IP address or a host name',
    open: true,
  }),
  KEYBANK_PORT: values.wholeNumber(0, 65_535).default(8080).register(settings, {
    purpose: 'The port to listen on. Unset: 8080.',
    example: '8080',
    allowed: '0 to 65535 (0 takes any free port)',
    open: true,
  }),
  KEYBANK_PUBLIC_URL: values.httpUrl.optional().register(settings, {
    purpose: 'How WordPress and staff reach this server. Unset: http://host:port.',
    example: 'https://keys.example.com',
    allowed: 'https://… or http://…',
    open: true,
  }),
  KEYBANK_TRUST_PROXY: values.trustProxy.default(false).register(settings, {
    purpose: 'Whose X-Forwarded-For is believed. Unset: nobody’s.',
    example: '127.0.0.1',
    allowed:
      'true, false, a number of hops (1 to 99), or addresses and ranges such as 10.0.0.0/8, comma-separated',
    open: true,
  }),
  KEYBANK_DATA_DIR: z.string().default('./data').register(settings, {
    purpose:
      'The folder for the embedded database, the local mailbox and the first-run tokens. Unset: ./data.',
    example: '/var/lib/keybank',
    allowed: 'a path',
    open: true,
  }),
  KEYBANK_WEBHOOK_TOKEN: values.webhookTokens.default([]).register(settings, {
    purpose: 'What a sender puts in the webhook URL; two while rotating. Unset: made on first start.',
    example: 'kb_hook_new0123456789abcdef,kb_hook_old0123456789abcdef',
    allowed: 'one token, or two separated by a comma; each 16 characters or more, best only A–Z a–z 0–9 - _',
  }),
  KEYBANK_SIGNING_SECRET: values.secretText(24).optional().register(settings, {
    purpose: 'The secret with which the WordPress plugin signs. When set, unsigned deliveries are refused.',
    example: 'a-long-random-text-of-at-least-24',
    allowed: '24 characters or more without spaces, and another text than the tokens',
  }),
  KEYBANK_ACCEPT_UNSIGNED: values.sourceList.default([]).register(settings, {
    purpose: 'Sources that may stay unsigned although a signing secret is set. Unset: none.',
    example: 'amelia',
    allowed: 'amelia, bookly, or both separated by a comma',
    open: true,
  }),
  KEYBANK_STAFF_TOKEN: values.secretText(values.SHORTEST_TOKEN.staff).optional().register(settings, {
    purpose: 'The first admin’s token for the console and the API. Unset: made on first start.',
    example: 'kb_staff_0123456789abcdef0123456789abcdef',
    allowed: '32 characters or more without spaces, and another text than the webhook tokens',
    wayOut: 'Leave it unset, and one is made on first start; or make one: openssl rand -hex 24',
  }),
  KEYBANK_ADMIN_EMAIL: z
    .string()
    .refine(values.isAddress, 'is not an e-mail address')
    .optional()
    .register(settings, {
      purpose:
        'Who hears of low stock, shortages and failures. Unset: admin@keybank.local, with the mailbox only.',
      example: 'you@example.com',
      allowed: 'one e-mail address',
      open: true,
    }),
  KEYBANK_MAIL: values.mail.optional().register(settings, {
    purpose: 'How mail leaves. Unset: the local mailbox, with the embedded database only.',
    example: 'smtp://user:password@mail.example.com:587',
    allowed: 'smtp://… or smtps://…, postmark:<token>, sendgrid:<key>, or mailbox',
  }),
  KEYBANK_MAIL_FROM: z.string().refine(values.isSender, 'is not a sender').optional().register(settings, {
    purpose: 'The sender of the key mails. Unset: Key Bank <keys@keybank.local>, with the mailbox only.',
    example: 'Course Shop <keys@example.com>',
    allowed: 'an e-mail address, or a name and an address in angle brackets',
    open: true,
  }),
  KEYBANK_MAIL_RATE: values.wholeNumber(1, 1000).optional().register(settings, {
    purpose: 'Mails a second, at most, from this process. Unset: as fast as the mail server takes them.',
    example: '14',
    allowed: '1 to 1000',
    open: true,
  }),
  KEYBANK_POSTMARK_EVENTS: values.basicLogin.optional().register(settings, {
    purpose: 'The login with which Postmark tells of bounces. Unset: it is not listened to.',
    example: 'postmark:a-password-of-at-least-16',
    allowed: 'user:password, both of plain letters, digits and signs, the password of 16 characters or more',
  }),
  KEYBANK_SENDGRID_EVENTS: values.verificationKey.optional().register(settings, {
    purpose: 'The key that proves events to be SendGrid’s. Unset: it is not listened to.',
    example:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEF97U4rFq60U1iO95XijPCQf+gY4tJNDnW9a5424i6MzEKSUqQQ6IdaFInR0PidgixARpu7opSOULTQ8b0mAHLg==',
    allowed: 'the Verification Key of SendGrid’s signed event webhook, in one line',
  }),
  KEYBANK_DEFAULT_SKU: skuSchema.optional().register(settings, {
    purpose: 'What a course without a mapping sells. Unset: a person is asked.',
    example: 'rqi_bls',
    allowed: SKU_RULE,
    open: true,
  }),
  KEYBANK_LOW_STOCK: values.wholeNumber(0, 1_000_000).default(10).register(settings, {
    purpose: 'The admin is warned below this many free keys, unless the product says otherwise. Unset: 10.',
    example: '10',
    allowed: '0 to 1000000',
    open: true,
  }),
  KEYBANK_DIGEST_HOUR: values.hourOrOff.default(6).register(settings, {
    purpose: 'The hour (UTC) of the admin’s daily mail. Unset: 6.',
    example: '6',
    allowed: '0 to 23, or off',
    open: true,
  }),
  KEYBANK_LOG_LEVEL: z
    .enum(values.LOG_LEVELS, 'is not a level')
    .default('info')
    .register(settings, {
      purpose: 'How much is logged. Unset: info.',
      example: 'warn',
      allowed: values.LOG_LEVELS.join(', '),
      open: true,
    }),
});

export const CONFIG_KEYS: { name: string; purpose: string; example: string }[] = Object.entries(
  environment.shape,
).map(([name, schema]) => {
  const setting = settings.get(schema);
  return { name, purpose: setting?.purpose ?? '', example: setting?.example ?? '' };
});

export interface Config {
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  host: string;
  port: number;
  publicUrl: string;
  trustProxy: boolean | number | string[];
  dataDir: string;
  /** Those configured; empty when the one in the data folder counts (see tokens.ts). */
  webhookTokens: string[];
  signingSecret: string | null;
  acceptUnsigned: Source[];
  staffToken: string | null;
  adminEmail: string;
  isAdminEmailSet: boolean;
  mail: values.MailConfig;
  mailFrom: string;
  /** Mails a second, over all connections of this process; null: no limit. */
  mailRate: number | null;
  /** HTTP basic auth of Postmark's events; null: none are taken. */
  postmarkEvents: values.BasicLogin | null;
  /** Base64 of a DER SPKI public key (P-256), for SendGrid's events; null: none are taken. */
  sendgridEvents: string | null;
  defaultSku: string | null;
  lowStock: number;
  /** UTC, 0 to 23; null: no daily mail. */
  digestHour: number | null;
  logLevel: (typeof values.LOG_LEVELS)[number];
}

/** The environment (a record of strings) as settings; throws a ConfigError that tells all faults at once. */
export function parseConfig(source: Record<string, string | undefined>): Config {
  const env = withoutBlanks(source);
  const read = environment.safeParse(env);
  const faults = [
    ...(read.error?.issues ?? []).map((issue) => faultOf(String(issue.path[0]), issue.message, env)),
    ...faultsBetween({
      env,
      mailStays: environment.shape.KEYBANK_MAIL.safeParse(env.KEYBANK_MAIL).data?.kind === 'mailbox',
      tokens: environment.shape.KEYBANK_WEBHOOK_TOKEN.safeParse(env.KEYBANK_WEBHOOK_TOKEN).data ?? [],
      eventsPassword:
        environment.shape.KEYBANK_POSTMARK_EVENTS.safeParse(env.KEYBANK_POSTMARK_EVENTS).data?.password ??
        null,
    }).map((found) => ({ ...faultOf(found.name, found.problem, {}), wayOut: found.wayOut })),
    ...unknownNames(env, Object.keys(environment.shape)),
  ];
  if (!read.success || faults.length > 0) throw new ConfigError(faults);
  return toConfig(read.data);
}

/** Compose files and `.env` templates pass unset variables as empty text. */
function withoutBlanks(source: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(source).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function faultOf(name: string, problem: string, env: Record<string, string>): ConfigFault {
  const schema = Object.entries(environment.shape).find(([key]) => key === name)?.[1];
  const setting = schema && settings.get(schema);
  const value = setting?.open ? env[name] : undefined;
  return {
    name,
    problem: value === undefined ? problem : `${problem} (it says ${JSON.stringify(value.slice(0, 60))})`,
    allowed: setting?.allowed ?? '',
    wayOut: setting?.wayOut ?? `For example ${name}=${setting?.example ?? ''}`,
  };
}

function toConfig(read: z.output<typeof environment>): Config {
  const host = read.KEYBANK_HOST.includes(':') ? `[${read.KEYBANK_HOST}]` : read.KEYBANK_HOST;
  const reachable = ['0.0.0.0', '[::]'].includes(host) ? 'localhost' : host;
  return {
    databaseUrl: read.DATABASE_URL ?? null,
    host: read.KEYBANK_HOST,
    port: read.KEYBANK_PORT,
    publicUrl: read.KEYBANK_PUBLIC_URL ?? `http://${reachable}:${read.KEYBANK_PORT}`,
    trustProxy: read.KEYBANK_TRUST_PROXY,
    dataDir: read.KEYBANK_DATA_DIR,
    webhookTokens: read.KEYBANK_WEBHOOK_TOKEN,
    signingSecret: read.KEYBANK_SIGNING_SECRET ?? null,
    acceptUnsigned: read.KEYBANK_ACCEPT_UNSIGNED,
    staffToken: read.KEYBANK_STAFF_TOKEN ?? null,
    adminEmail: read.KEYBANK_ADMIN_EMAIL ?? 'admin@keybank.local',
    isAdminEmailSet: read.KEYBANK_ADMIN_EMAIL !== undefined,
    mail: read.KEYBANK_MAIL ?? { kind: 'mailbox' },
    mailFrom: read.KEYBANK_MAIL_FROM ?? 'Key Bank <keys@keybank.local>',
    mailRate: read.KEYBANK_MAIL_RATE ?? null,
    postmarkEvents: read.KEYBANK_POSTMARK_EVENTS ?? null,
    sendgridEvents: read.KEYBANK_SENDGRID_EVENTS ?? null,
    defaultSku: read.KEYBANK_DEFAULT_SKU ?? null,
    lowStock: read.KEYBANK_LOW_STOCK,
    digestHour: read.KEYBANK_DIGEST_HOUR,
    logLevel: read.KEYBANK_LOG_LEVEL,
  };
}
