import { keepTokens } from '../tokens.ts';
import { mailboxDir } from '../app.ts';
import type { Config } from '../config.ts';
import { sampleDelivery } from '../sample/sample-bookings.ts';

export interface TryInput {
  /** The Amelia service that the sample books. */
  service: number;
  email: string;
  persons: number;
}

/**
 * Sends one sample booking through the webhook of the running server, as Amelia would, and says what became of it.
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
  const said = await answer.text();
  if (!answer.ok) throw new Error(`The server at ${address} answered ${answer.status}: ${said}`);
  return sentenceFor(config, input, readAnswer(said));
}

interface TryAnswer {
  status: string;
  orderId: string;
}

function readAnswer(said: string): TryAnswer {
  const read: unknown = JSON.parse(said);
  const word = (name: string) => {
    const value: unknown = typeof read === 'object' && read !== null ? Reflect.get(read, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { status: word('status'), orderId: word('orderId') };
}

/** What became of the sample booking, and where to look. */
function sentenceFor(config: Config, { email, service }: TryInput, { status, orderId }: TryAnswer): string {
  const look = `npx keybank orders show ${orderId}`;
  switch (status) {
    case 'fulfilled':
      return config.mail.kind === 'mailbox'
        ? `Order ${orderId} has its key. The mail lands in ${mailboxDir(config)}; see also: ${look}`
        : `Order ${orderId} has its key. The mail goes to ${email}; see also: ${look}`;
    case 'waiting':
      return `Order ${orderId} waits: no free key is left. Import keys, and it is served by itself; see: ${look}`;
    case 'attention':
      return `Order ${orderId} needs a person. Most often service ${service} is not mapped yet (npx keybank products map …); see: ${look}`;
    default:
      return `Order ${orderId} is ${status}; see: ${look}`;
  }
}
