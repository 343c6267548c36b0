import { keepTokens } from '../tokens.ts';
import type { Config } from '../config.ts';
import { sampleDelivery } from '../sample/sample-bookings.ts';

export interface TryInput {
  /** The Amelia service that the sample books. */
  service: number;
  email: string;
  persons: number;
}

/**
 * Sends one sample booking through the webhook of the running server, as Amelia would, and says what was answered.
 * `now` makes the booking id, so that each try is a new order.
 */
export async function tryBooking(config: Config, input: TryInput, now: Date): Promise<string> {
  const tokens = await keepTokens({ dataDir: config.dataDir, config });
  const id = Math.floor(now.getTime() / 100) % 1_000_000_000;
  const sample = { id, itemId: input.service, email: input.email, persons: input.persons };
  const delivery = sampleDelivery('amelia-hook', {
    ...sample,
    firstName: 'Ada',
    lastName: 'Lovelace',
    coupon: 'KEY10',
  });
  const address = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}/webhooks/amelia`;
  const answer = await fetch(`${address}?token=${encodeURIComponent(tokens.webhookTokens[0] ?? '')}`, {
    method: 'POST',
    headers: { 'content-type': delivery.contentType },
    body: delivery.body,
  }).catch(() => null);
  if (!answer) throw new Error(`Nothing answers at ${address}. Start the server first: npm start`);
  return `${answer.status} ${await answer.text()}`;
}
