import { orderId } from '../../shared/booking-event.ts';
import { refuse, type Result } from '../errors.ts';
import { suppressionWords } from '../mail/suppression-words.ts';
import type { OrderRow } from '../store/rows.ts';
import type { MailEventVerbs } from '../store/mail-verbs.ts';

/** Keys are given with a mail: an order that no mail can reach gets none. */
export async function refuseUnreachable(
  tx: Pick<MailEventVerbs, 'findSuppressions'>,
  order: OrderRow,
): Promise<Result<never> | null> {
  const name = orderId(order);
  if (order.email === null) return refuse('order.no_email', { orderId: name });
  const [suppressed] = await tx.findSuppressions({ addresses: [order.email.toLowerCase()] });
  return suppressed ? refuse('email.suppressed', { orderId: name, ...suppressionWords(suppressed) }) : null;
}
