import { createHash } from 'node:crypto';
import type { JobVerbs } from '../store/store.ts';
import { networkOf } from '../network-of.ts';

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

/**
 * Whether this order may be sent once more for this address, whoever asks and however the number was typed. Only what fits
 * an order takes a turn: nobody can use up the turns of a buyer whose booking number he does not know. The order's turn
 * comes first: one booking that is asked for again and again leaves the address turns for its others.
 */
export async function mayBeSent(
  store: Turns,
  { email, orderId }: { email: string; orderId: number },
): Promise<boolean> {
  const booking = { name: `help:booking:${hash(String(orderId))}`, limit: ASKS_PER_BOOKING };
  if (!(await store.takeTurn({ ...booking, windowMs: HOUR_MS }))) return false;
  return store.takeTurn({
    name: `help:address:${hash(email)}`,
    limit: ASKS_PER_ADDRESS,
    windowMs: HOUR_MS,
  });
}

/** SECURITY: the table of turns holds nobody's address. */
function hash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
