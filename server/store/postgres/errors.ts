import { StoreError, type StoreErrorCode } from '../store-error.ts';

const CODES: Record<string, StoreErrorCode> = {
  '40P01': 'store.transient', // deadlock
  '40001': 'store.transient', // serialization failure
  '55P03': 'store.transient', // lock_timeout
  '57014': 'store.transient', // statement_timeout
  '25P03': 'store.lost', // idle in transaction for too long
  '25P04': 'store.lost', // transaction_timeout
  '57P01': 'store.lost', // the server is being stopped, or an admin ended the session
  '57P02': 'store.lost',
  '57P05': 'store.lost',
  ECONNRESET: 'store.lost',
  EPIPE: 'store.lost',
  ETIMEDOUT: 'store.lost',
  '23505': 'store.duplicate',
  '25006': 'store.unavailable', // read only: a standby, or a failover under way
  '57P03': 'store.unavailable', // starting up
  '3D000': 'store.unavailable', // unknown database
  EAI_AGAIN: 'store.unavailable',
  ECONNREFUSED: 'store.unavailable',
  EHOSTUNREACH: 'store.unavailable',
  ENETUNREACH: 'store.unavailable',
  ENOENT: 'store.unavailable', // no such socket
  ENOTFOUND: 'store.unavailable',
};
const CLASSES: Record<string, StoreErrorCode> = {
  '08': 'store.lost', // connection exception
  '28': 'store.unavailable', // not let in
  '53': 'store.unavailable', // disk full, out of memory, too many connections
};
// pg gives these no code.
const CODELESS: [RegExp, string, StoreErrorCode][] = [
  [/SSL connection/, 'tls_refused', 'store.unavailable'],
  [/client password must be/, 'no_password', 'store.unavailable'],
  [/^timeout exceeded when trying to connect/, 'pool_timeout', 'store.unavailable'],
  [/connection timeout/, 'connect_timeout', 'store.unavailable'],
  [/^Query read timeout/, 'query_timeout', 'store.lost'], // the server is silent
  [/after calling end on the pool/, 'pool_closed', 'store.unavailable'],
  [
    /^Connection terminated|connection error and is not queryable|Client was closed/,
    'connection_lost',
    'store.lost',
  ],
];

export function storeError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  for (const { code, message, syscall } of causes(error)) {
    if (code !== null) {
      const connecting = syscall === 'connect' || syscall === 'getaddrinfo';
      const known = connecting ? 'store.unavailable' : (CODES[code] ?? CLASSES[code.slice(0, 2)]);
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
    found.push({ code: text(at, 'code'), message: at.message, syscall: text(at, 'syscall') });
  }
  return found;
}

function text(error: object, name: string): string | null {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
