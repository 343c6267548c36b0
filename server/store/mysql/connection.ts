import type { ConnectionOptions } from 'mysql2/promise';
import { OpenError } from '../open-error.ts';

const PARAMETERS = ['socket', 'ssl-mode'];

/** mysql2's options for an URL. Its own reading of URLs would let a parameter set anything, multipleStatements too. */
export function connectionOptions(text: string): ConnectionOptions {
  const url = new URL(text);
  const unknown = [...url.searchParams.keys()].filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) {
    throw new OpenError(
      `DATABASE_URL has the parameter "${unknown.join('", "')}"; known are: ${PARAMETERS.join(', ')}.`,
    );
  }
  const socket = url.searchParams.get('socket');
  return {
    ...(socket === null
      ? { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? 3306 : Number(url.port) }
      : { socketPath: socket }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...tls(url.searchParams.get('ssl-mode') ?? 'DISABLED'),
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: 10_000,
    enableKeepAlive: true,
  };
}

function tls(mode: string): Pick<ConnectionOptions, 'ssl'> {
  switch (mode.toUpperCase()) {
    case 'DISABLED':
      return {};
    case 'REQUIRED':
      return { ssl: { rejectUnauthorized: false } };
    case 'VERIFY_CA':
      return { ssl: { verifyIdentity: false } };
    case 'VERIFY_IDENTITY':
      return { ssl: { verifyIdentity: true } };
    default:
      throw new OpenError(
        `DATABASE_URL has ssl-mode=${mode}; known are DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY.`,
      );
  }
}
