import { StoreError } from './store-error.ts';

/** A database cannot be used; the message says why and names the way out. It never holds a password. */
export class OpenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OpenError';
  }
}

export function tooOld(version: string): OpenError {
  return new OpenError(
    `The database is ${version}; Key Bank needs MySQL 8.0.17, MariaDB 10.6, PostgreSQL 14, or newer. ` +
      'Upgrade it, or point DATABASE_URL to a newer server.',
  );
}

/** What the sentences below may name of an URL. */
export interface Target {
  /** `host:port`, or the socket's path. */
  address: string;
  database: string;
  user: string;
}

const UNKNOWN_DATABASE = new Set(['1049', '3D000']);
const NOT_LET_IN = new Set(['1044', '1045', '1698', '28000', '28P01', 'no_password']);
const TLS = /^tls_refused$|^HANDSHAKE_|_CERT|CERT_|_SIGNATURE$|^ERR_(TLS|SSL)/;
const TOO_MANY = new Set(['1040', '1203', '53300']);
const LACKS_RIGHTS = new Set(['1142', '1143', '1227', '1370', '42501']);

/** A sentence for whoever started the program, made of the server's code and the URL's harmless parts. */
export function explained(error: unknown, { address, database, user }: Target): unknown {
  if (!(error instanceof StoreError)) return error;
  const code = error.vendorCode;
  if (UNKNOWN_DATABASE.has(code)) {
    return new OpenError(
      `The server at ${address} has no database "${database}" (${code}). Create it, or correct its name in DATABASE_URL.`,
    );
  }
  if (NOT_LET_IN.has(code)) {
    return new OpenError(
      `The server at ${address} does not let user "${user}" into database "${database}" (${code}). ` +
        'Correct user and password in DATABASE_URL, or grant the user access to this database.',
    );
  }
  if (LACKS_RIGHTS.has(code)) {
    return new OpenError(
      `User "${user}" lacks rights in database "${database}" at ${address} (${code}). ` +
        'Grant SELECT, INSERT, UPDATE and DELETE to serve; CREATE, ALTER and INDEX too (on PostgreSQL: CREATE on its schema) to migrate.',
    );
  }
  if (TLS.test(code)) {
    return new OpenError(
      `No TLS connection to the database at ${address} (${code}). Change sslmode (PostgreSQL) or ssl-mode (MySQL, MariaDB) in DATABASE_URL, ` +
        'or name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.',
    );
  }
  if (TOO_MANY.has(code)) {
    return new OpenError(
      `The server at ${address} has no connection left (${code}). Raise its limit, or stop another client.`,
    );
  }
  if (error.code === 'store.unavailable' || error.code === 'store.lost') {
    return new OpenError(
      `Cannot reach the database at ${address} (${code}). Start it, or correct host and port in DATABASE_URL.`,
    );
  }
  return new OpenError(
    `The database at ${address} failed while ${doing(error)} (code ${code}). Look the code up in the server's manual and log.`,
  );
}

function doing(error: StoreError): string {
  return /while (.+) \(database code/.exec(error.message)?.[1] ?? 'opening';
}
