import type { Brand } from './brand.ts';

// What several mails say alike.

/** `1 key`, `2 keys`, `3 boxes` when told the plural. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`; those beyond `max` are counted: `a, b and 7 more`. */
export function listed(words: readonly string[], max: number): string {
  const shown = words.length > max ? [...words.slice(0, max), `${words.length - max} more`] : words;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `22 Nov 2026`, in UTC. */
export const day = (at: Date): string =>
  `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;

/** `22 Nov 2026, 14:05 UTC`. */
export const moment = (at: Date): string => `${day(at)}, ${at.toISOString().slice(11, 16)} UTC`;

/** How a product is called in a mail to the admin. */
export const productTitle = ({ sku, name }: { sku: string; name: string }): string =>
  name === sku ? sku : `${name} (${sku})`;

export const greeting = (name: string): string => (name ? `Hello ${name},` : 'Hello,');

/** Where a buyer turns to. */
export const help = ({ supportEmail }: Brand): string =>
  supportEmail
    ? `Questions? Write to ${supportEmail} and name your booking.`
    : 'Questions? Just reply to this e-mail.';

/** Which server speaks; a shop may have two. */
export const adminFooter = ({ name }: Brand, publicUrl: string): string =>
  `Sent to the administrator of ${name} by its server at ${publicUrl}. Commands are run on that server, in its folder.`;

/**
 * SECURITY: an order id comes from outside and the admin copies it into a shell: one with anything but plain characters
 * is not spelt out, its placeholder is.
 */
export const inShell = (word: string, placeholder: string): string =>
  /^[A-Za-z0-9][\w.:@-]*$/.test(word) ? word : placeholder;

/** `AID (9)`: what is left of a product, in a list of many. */
export const skuLeft = ({ sku, available }: { sku: string; available: number }): string =>
  `${sku} (${available})`;

/** Behind a sentence about stock; nothing while no order waits. */
export const owedToWaiting = (waiting: number): string =>
  waiting > 0 ? ` Waiting orders are owed ${counted(waiting, 'key')}.` : '';

interface Stock {
  available: number;
  /** Keys that go out a day, lately. */
  perDay: number;
  /** Null when none goes out, or when it is more than anybody plans for. */
  daysLeft: number | null;
}

/** `About 3 days left at 4.2 a day.` */
export function forecast({ available, perDay, daysLeft }: Stock): string {
  if (perDay <= 0) return 'None sold lately.';
  const rate = perDay >= 10 ? String(Math.round(perDay)) : String(Math.round(perDay * 10) / 10);
  const isRare = rate === '0';
  const daily = isRare ? 'less than 0.1' : rate;
  if (available <= 0) return `None left, and ${isRare ? '' : 'about '}${daily} a day go out.`;
  if (daysLeft !== null && daysLeft < 1) return `Less than a day left at ${daily} a day.`;
  if (daysLeft === null || daysLeft > 365) return `More than a year left at ${daily} a day.`;
  return `About ${counted(Math.round(daysLeft), 'day')} left at ${daily} a day.`;
}
