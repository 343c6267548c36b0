import pino from 'pino';
import pretty from 'pino-pretty';
import type { DestinationStream } from 'pino';

/**
 * Every event that may be logged, with the fields it may carry. SECURITY: no field holds a key, a token, a password,
 * a whole e-mail address or a body; keys appear as their last four characters only.
 */
export const LOG_EVENTS = {
  'server.started': ['url', 'database', 'mail', 'dataDir'],
  'server.stopping': ['signal'],
  'server.stopped': [],
  'http.request': ['method', 'path', 'status', 'ms', 'requestId'],
  'http.fault': ['method', 'path', 'requestId', 'code', 'what'],
  'webhook.received': ['deliveryId', 'source', 'hook', 'verdict', 'orders'],
  'webhook.refused': ['source', 'why', 'ip'],
  'webhook.faulty': ['source', 'why'],
  'drift.counted': ['site', 'source', 'plugin', 'listed', 'lacking', 'unknown'],
  'drift.unknown': ['count', 'orders'],
  'drift.known': ['count', 'orders'],
  'drift.lacking': ['count', 'orders'],
  'drift.silent': ['site', 'source', 'lastAt'],
  'vend.batch': ['deliveries', 'fulfilled', 'waiting', 'ms'],
  'vend.retry': ['attempt', 'code', 'deliveries'],
  'vend.bisect': ['code', 'deliveries'],
  'vend.kept': ['deliveryId', 'code'],
  'fill.served': ['sku', 'orders'],
  'hold.released': ['orders', 'keys'],
  'alert.told': ['alerts', 'messageId'],
  'mail.sent': ['messageId', 'kind', 'ms'],
  'mail.retrying': ['messageId', 'kind', 'code', 'why', 'retryInMs'],
  'mail.unknown': ['messageId', 'kind', 'code', 'why', 'retryInMs'],
  'mail.failed': ['messageId', 'kind', 'code', 'why'],
  'mail.withdrawn': ['messageId', 'kind'],
  'mail.paused': ['code', 'why', 'pauseMs'],
  'mail.resumed': [],
  'mail.throttled': ['code', 'pauseMs'],
  'mail.event': ['provider', 'kind', 'messageId'],
  'mail.events_refused': ['provider', 'why', 'ip'],
  'mail.suppressed': ['provider', 'kind', 'messageId'],
  'mail.former_address': ['messageId', 'kind'],
  'mail.fault': ['messageId', 'code', 'what'],
  // At debug: four a minute are no news.
  'job.started': ['job'],
  'job.fault': ['job', 'code', 'what'],
  'instance.fault': ['code', 'what'],
  'health.fault': ['part', 'code', 'what'],
  'stock.low': ['products'],
  'keys.imported': ['importId', 'sku', 'added', 'duplicates', 'invalid'],
  'keys.undone': ['importId', 'sku', 'removed'],
  'staff.refused': ['path', 'ip', 'why'],
  'staff.signed_in': ['staffId', 'ip'],
  'staff.token_spent': ['from', 'what'],
  'store.note': ['what'],
  'embedded.note': ['what'],
} as const;
export type LogEvent = keyof typeof LOG_EVENTS;
export type LogFields<E extends LogEvent> = Partial<Record<(typeof LOG_EVENTS)[E][number], unknown>>;

export interface Log {
  info<E extends LogEvent>(event: E, fields?: LogFields<E>): void;
  warn<E extends LogEvent>(event: E, fields?: LogFields<E>): void;
  error<E extends LogEvent>(event: E, fields?: LogFields<E>): void;
}

/** JSON lines on `destination` (standard output when left out); `level` as in pino. On a terminal, lines for people. */
export function openLog(options: {
  level: string;
  destination?: DestinationStream;
  terminal?: boolean;
}): Log {
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const destination = options.terminal ? linesForPeople() : options.destination;
  const logger = destination ? pino(base, destination) : pino(base);
  const write =
    (level: 'info' | 'warn' | 'error') =>
    <E extends LogEvent>(event: E, fields?: LogFields<E>) =>
      logger[level === 'info' && QUIET.has(event) ? 'debug' : level]({ event, ...cleared(fields) });
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

const QUIET: ReadonlySet<LogEvent> = new Set<LogEvent>(['job.started']);

/** SECURITY: a hook's name is taken from the URL or the body, where a sender may write anything, an address too. */
function cleared(fields: Record<string, unknown> = {}): Record<string, unknown> {
  if (typeof fields.hook !== 'string' || /^[A-Za-z0-9_.:-]{1,80}$/.test(fields.hook)) return fields;
  return { ...fields, hook: 'other' };
}

function linesForPeople(): DestinationStream {
  return pretty({
    sync: true,
    singleLine: true,
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'event,requestId',
    messageFormat: '{event}',
  });
}

/** What may be said of an error in a log: its name and code, or its message when it is one of ours. */
export function faultFields(error: unknown): { code: string; what: string } {
  if (!(error instanceof Error)) return { code: 'unknown', what: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return {
    code,
    what:
      error.name === 'StoreError'
        ? error.message
        : ((error.stack ?? '').split('\n')[1]?.trim() ?? error.name),
  };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
