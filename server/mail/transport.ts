import nodemailer from 'nodemailer';
import { classify } from './classify.ts';
import { oneLine } from './fill.ts';
import { writeToMailbox } from './mailbox.ts';
import { smtpProvider } from './provider.ts';
import { isMailAddress, readSender } from './sender.ts';
import type { MailFault, SendOutcome } from './classify.ts';
import type { InlineImage } from './rendered-mail.ts';
import type { SendMailOptions } from 'nodemailer';
import type { SmtpProvider } from './provider.ts';
import type { Clock } from '../clock.ts';
import type { MailConfig } from '../config-values.ts';

const SECOND = 1000;
/** The library's own are 2 min, 30 s and 10 min: a buyer's mail would wait behind a dead connection. */
const PATIENCE_MS = { connect: 10 * SECOND, greeting: 10 * SECOND, silence: 30 * SECOND };
const CONNECTIONS = 5;
/** A server that trickles its answers trips no socket timeout. Must stay well under the outbox's lease. */
const WHOLE_SEND_MS = 120 * SECOND;

export interface OutgoingMail {
  /** The outbox row's uuid: the Message-ID is made from it, the same on every retry. */
  messageId: string;
  to: { name?: string; address: string };
  /** Where answers go; to the sender when left out. */
  replyTo?: string;
  subject: string;
  html: string;
  text: string;
  /** Pictures that the HTML names as `cid:…`. */
  inline: readonly InlineImage[];
  headers?: Readonly<Record<string, string>>;
  /** Opaque ids only: providers keep them as not personal. */
  metadata?: Readonly<Record<string, string>>;
}

export interface Transport {
  /** For logs and the console; no credentials. */
  readonly name: string;
  /** Mails that it sends at once. */
  readonly connections: number;
  /** Never throws; resolves when the server has answered or the connection ended. */
  send(mail: OutgoingMail): Promise<SendOutcome>;
  /** Connects and logs in, sends nothing. */
  verify(): Promise<SendOutcome>;
  close(): void;
}

interface TransportOptions {
  /** KEYBANK_MAIL, as config.ts read it. */
  mail: MailConfig;
  /** KEYBANK_MAIL_FROM */
  from: string;
  /** The sender's name when `from` has none. */
  brandName: string;
  mailboxDir: string;
  clock: Clock;
  /** SMTP connections held open. */
  poolSize?: number;
  /** Mails a second, over all connections of this process; unlimited when left out. */
  ratePerSecond?: number;
  /** How long the server may take to connect, to greet, and to say anything at all. */
  patienceMs?: Partial<typeof PATIENCE_MS>;
}

/** The only place that knows the mail library. Throws on settings that cannot be right. */
export function openTransport(options: TransportOptions): Transport {
  const sender = readSender(options.from, options.brandName);
  const provider = options.mail.kind === 'mailbox' ? null : smtpProvider(options.mail);
  const compose = (mail: OutgoingMail) => ({
    messageId: `<${mail.messageId}@${sender.domain}>`,
    from: { name: sender.name, address: sender.address },
    to: { name: oneLine(mail.to.name ?? ''), address: mail.to.address },
    ...(mail.replyTo && isMailAddress(mail.replyTo) ? { replyTo: { name: '', address: mail.replyTo } } : {}),
    subject: oneLine(mail.subject),
    html: mail.html,
    text: mail.text,
    attachments: mail.inline.map((image) => ({ ...image, contentDisposition: 'inline' as const })),
    date: options.clock.now(),
    headers: [
      { key: 'Auto-Submitted', value: 'auto-generated' },
      // Exchange and Outlook answer with "out of office" otherwise.
      { key: 'X-Auto-Response-Suppress', value: 'All' },
      ...Object.entries(mail.headers ?? {}).map(([key, value]) => ({ key, value })),
      ...(provider?.headers(mail.metadata ?? {}) ?? []).map(({ key, value, prepared }) => ({
        key,
        value: prepared ? { prepared, value } : value,
      })),
    ],
    // SECURITY: no template or name may make the library read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const wire = provider ? smtp(provider, options) : mailbox(options);
  return {
    ...wire,
    async send(mail) {
      if (!isMailAddress(mail.to.address))
        return { kind: 'permanent', code: 'bad_address', why: 'the recipient is no single e-mail address' };
      return wire.send(mail.messageId, compose(mail));
    },
  };
}

type Wire = Omit<Transport, 'send'> & { send(id: string, mail: SendMailOptions): Promise<SendOutcome> };

function smtp(provider: SmtpProvider, options: TransportOptions): Wire {
  const patience = { ...PATIENCE_MS, ...options.patienceMs };
  // The library asks for the rate only after a mail: each connection sends its first one unasked.
  const connections = Math.min(options.poolSize ?? CONNECTIONS, options.ratePerSecond ?? Infinity);
  const pool = nodemailer.createTransport({
    pool: true,
    host: provider.host,
    port: provider.port,
    secure: provider.secure,
    requireTLS: provider.requireTLS,
    ignoreTLS: provider.ignoreTLS,
    ...(provider.login ? { auth: provider.login } : {}),
    maxConnections: connections,
    maxMessages: 100,
    ...(options.ratePerSecond ? { rateLimit: options.ratePerSecond, rateDelta: SECOND } : {}),
    // One, for a connection that the server closed while it was idle. The library requeues only what it has not
    // begun to send; unbounded (-1), a server that hangs up before its greeting would keep a mail for ever.
    maxRequeues: 1,
    connectionTimeout: patience.connect,
    dnsTimeout: patience.connect,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.silence,
  });
  // The library reports a cut after DATA like one before connecting. The body is read for the first time when the
  // server has said 354, so a body that was read may have been delivered.
  const bodies = new Map<string, { readonly readableDidRead: boolean }[]>();
  pool.use('stream', (mail, done) => {
    const id = String(mail.data.messageId ?? '');
    const read = mail.message.createReadStream.bind(mail.message);
    mail.message.createReadStream = (...args) => {
      const body = read(...args);
      bodies.set(id, [...(bodies.get(id) ?? []), body]);
      return body;
    };
    done();
  });
  return {
    name: provider.name,
    connections,
    async send(_id, mail) {
      const id = String(mail.messageId);
      try {
        const info = await pool.sendMail({ ...mail, signal: AbortSignal.timeout(WHOLE_SEND_MS) });
        const providerId = info.serverMessageId;
        return { kind: 'accepted', ...(typeof providerId === 'string' ? { providerId } : {}) };
      } catch (error) {
        return classify(
          faultOf(
            error,
            (bodies.get(id) ?? []).some((body) => body.readableDidRead),
          ),
        );
      } finally {
        bodies.delete(id);
      }
    },
    async verify() {
      try {
        await pool.verify();
        return { kind: 'accepted' };
      } catch (error) {
        return classify(faultOf(error, false));
      }
    },
    close: () => pool.close(),
  };
}

function mailbox(options: TransportOptions): Wire {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    name: 'mailbox',
    connections: CONNECTIONS,
    async send(messageId, mail) {
      try {
        const { message } = await composer.sendMail(mail);
        if (!Buffer.isBuffer(message)) throw new Error('the composer gave no buffer');
        await writeToMailbox({ dir: options.mailboxDir, now: options.clock.now(), messageId, eml: message });
        return { kind: 'accepted' };
      } catch (error) {
        const { code } = faultOf(error, false);
        return {
          kind: 'configuration',
          code: (code ?? 'mailbox').toLowerCase(),
          why: 'the local mailbox cannot be written',
        };
      }
    },
    verify: () => Promise.resolve({ kind: 'accepted' }),
    close: () => composer.close(),
  };
}

function faultOf(error: unknown, bodySent: boolean): MailFault {
  const read = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const word = (name: string): string | null => {
    const value = read(name);
    return typeof value === 'string' ? value : null;
  };
  const reply = read('responseCode');
  return {
    code: word('code'),
    originalCode: word('originalCode'),
    responseCode: typeof reply === 'number' ? reply : null,
    command: word('command'),
    response: word('response'),
    bodySent,
  };
}
