import { createHash } from 'node:crypto';
import type { JobVerbs } from '../store/store.ts';
import { networkOf } from '../network-of.ts';
import type { HelpRequest } from './read-form.ts';

export const ASKS_PER_NETWORK = 10;
export const NETWORK_WINDOW_MS = 15 * 60_000;
export const ASKS_PER_BOOKING = 3;
export const ASKS_PER_ADDRESS = 10;
const HOUR_MS = 60 * 60_000;

type Turns = Pick<JobVerbs, 'takeTurn'>;

/** Whether this network may ask once more, on all replicas together. */
export function mayAsk(store: Turns, ip: string): Promise<boolean> {
  return store.takeTurn({
    name: `help:network:${hash(networkOf(ip))}`,
    limit: ASKS_PER_NETWORK,
    windowMs: NETWORK_WINDOW_MS,
  });
}

/** Whether this address may be looked up once more, with this booking number and with any, whoever asks. */
export async function mayLookUp(store: Turns, { email, booking }: HelpRequest): Promise<boolean> {
  const address = { name: `help:address:${hash(email)}`, limit: ASKS_PER_ADDRESS, windowMs: HOUR_MS };
  if (!(await store.takeTurn(address))) return false;
  return store.takeTurn({
    name: `help:booking:${hash(`${email}\n${booking}`)}`,
    limit: ASKS_PER_BOOKING,
    windowMs: HOUR_MS,
  });
}

/** SECURITY: the table of turns holds nobody's address. */
function hash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
