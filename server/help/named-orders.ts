import { ORDER_SOURCES, parseOrderId } from '../../shared/booking-event.ts';
import type { OrderKey } from '../store/rows.ts';

/**
 * The orders that a buyer may mean: `amelia:13` as our mails have it, or the bare `13` of the shop's own mails, which may
 * be a booking of either plugin and of each site. They copy it from anywhere: "Booking amelia:13", "#13", "Staff:7k2m".
 */
export function namedOrders(text: string, slugs: readonly string[]): OrderKey[] {
  const typed = text
    .trim()
    .replace(/^booking\b[\s:]*/i, '')
    .replace(/^#\s*/, '');
  const named = parseOrderId(typed.replace(/^[a-z]+(?=[@:])/i, (word) => word.toLowerCase()));
  if (named) return [spelled(named)];
  if (!/^[\w:.-]{1,100}$/.test(typed)) return [];
  return [...new Set(['', ...slugs])].flatMap((site) =>
    ORDER_SOURCES.map((source) => spelled({ site, source, externalId: typed })),
  );
}

/** Staff's numbers are letters too, all of them capitals. */
function spelled(key: OrderKey): OrderKey {
  return key.source === 'staff' ? { ...key, externalId: key.externalId.toUpperCase() } : key;
}
