import type { Outputs } from '../app/outputs.ts';

export type Item = Outputs['attention']['list']['items'][number];
/** Shortages have a list of their own. */
type Listed = Exclude<Item['kind'], 'out_of_stock'>;

const WORDS: Record<Item['kind'], string> = {
  out_of_stock: 'Out of stock',
  attention: 'Booking cannot be decided',
  conflict: 'Contradicting bookings',
  cancelled_seen: 'Cancelled, key seen',
  mail_failed: 'Mail not sent',
  mail_bounced: 'Mail came back',
  mail_complained: 'Marked as spam',
  unreadable: 'Unreadable delivery',
  unknown_order: 'WordPress does not know it',
  lacking_booking: 'Booking is lacking here',
  silent_site: 'WordPress is silent',
};

export function kindWords(kind: Item['kind']): string {
  return WORDS[kind];
}

/** Of an address somebody may have typed. */
export function isKind(word: string): word is Listed {
  return word in WORDS && word !== 'out_of_stock';
}
