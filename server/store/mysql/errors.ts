import { StoreError, type StoreErrorCode } from '../store-error.ts';

const CODES: Record<string, StoreErrorCode> = {
  '1213': 'store.transient', // deadlock
  '1205': 'store.transient', // lock wait timeout
  '1020': 'store.transient', // MariaDB: record has changed since last read
  '1467': 'store.transient', // MariaDB: how a deadlock on the AUTO-INC lock is reported
  '1317': 'store.transient', // query interrupted
  '1969': 'store.transient', // MariaDB: max_statement_time
  '3024': 'store.transient', // MySQL: max_execution_time
  '3101': 'store.transient', // group replication rolled the transaction back
  '1047': 'store.transient', // Galera: node not ready
  '1053': 'store.lost', // server shutdown in progress
  '1152': 'store.lost',
  '1158': 'store.lost',
  '1159': 'store.lost',
  '1160': 'store.lost',
  '1161': 'store.lost',
  '1927': 'store.lost', // MariaDB: connection was killed
  '2006': 'store.lost',
  '2013': 'store.lost',
  '3169': 'store.lost', // MySQL: session was killed
  '4031': 'store.lost', // idle for longer than wait_timeout
  ECONNRESET: 'store.lost',
  EPIPE: 'store.lost',
  ETIMEDOUT: 'store.lost',
  PROTOCOL_CONNECTION_LOST: 'store.lost',
  PROTOCOL_SEQUENCE_TIMEOUT: 'store.lost', // the server is silent
  '1062': 'store.duplicate',
  '1586': 'store.duplicate',
  '1021': 'store.unavailable', // disk full
  '1040': 'store.unavailable', // too many connections
  '1041': 'store.unavailable', // out of memory
  '1044': 'store.unavailable', // not let in
  '1045': 'store.unavailable',
  '1049': 'store.unavailable', // unknown database
  '1114': 'store.unavailable', // the table is full: most often the disk
  '1203': 'store.unavailable',
  '1226': 'store.unavailable', // the account's limit of connections or statements
  '1290': 'store.unavailable', // --read-only: a replica, or a failover under way
  '1698': 'store.unavailable',
  '1792': 'store.unavailable',
  '1836': 'store.unavailable',
  EAI_AGAIN: 'store.unavailable',
  ECONNREFUSED: 'store.unavailable',
  EHOSTUNREACH: 'store.unavailable',
  ENETUNREACH: 'store.unavailable',
  ENOENT: 'store.unavailable', // no such socket
  ENOTFOUND: 'store.unavailable',
  HANDSHAKE_NO_SSL_SUPPORT: 'store.unavailable',
  HANDSHAKE_SSL_ERROR: 'store.unavailable',
};
// mysql2 gives these no code.
const CODELESS: [RegExp, string, StoreErrorCode][] = [
  [/^Pool is closed/, 'pool_closed', 'store.unavailable'],
  [/closed state|Connection lost/, 'connection_lost', 'store.lost'],
];

export function storeError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  for (const { code, message, syscall } of causes(error)) {
    if (code !== null) {
      const connecting = syscall === 'connect' || syscall === 'getaddrinfo';
      const known = connecting ? 'store.unavailable' : CODES[code];
      return new StoreError(known ?? 'store.fault', doing, code);
    }
    const codeless = CODELESS.find(([pattern]) => pattern.test(message));
    if (codeless) return new StoreError(codeless[2], doing, codeless[1]);
  }
  return new StoreError('store.fault', doing, error instanceof Error ? error.name : typeof error);
}

/** What the server or the system called it, or null. */
export function vendorCode(error: unknown): string | null {
  return causes(error).find(({ code }) => code !== null)?.code ?? null;
}

interface Cause {
  code: string | null;
  message: string;
  syscall: string | null;
}

/** The error, and what caused it, outermost first. */
function causes(error: unknown): Cause[] {
  const found: Cause[] = [];
  for (let at = error; at instanceof Error && found.length < 5; at = at.cause) {
    found.push({ code: serverCode(at), message: at.message, syscall: text(at, 'syscall') });
  }
  return found;
}

/** Differs by necessity: the server's number, since mysql2 knows no name, or a wrong one, for MariaDB's own errors. */
function serverCode(error: object): string | null {
  const errno: unknown = Reflect.get(error, 'errno');
  return typeof errno === 'number' && errno > 1000 ? String(errno) : text(error, 'code');
}

function text(error: object, name: string): string | null {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
