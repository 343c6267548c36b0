import { orderId } from '../../shared/booking-event.ts';
import { resendOrder, type ResendDeps } from '../orders/resend.ts';
import type { OrderRow } from '../store/rows.ts';
import { namedOrders } from './named-orders.ts';
import type { HelpRequest } from './read-form.ts';
import { mayBeSent } from './turns.ts';

/**
 * A buyer asks for a key that did not arrive. Where number and address belong together, the mail goes once more to the
 * address on record. What is not fulfilled, has a suppressed address or was asked for too often gets nothing, and
 * nobody is told. SECURITY: it answers nothing, and must not: whoever asks is a stranger.
 */
export async function askAgain(deps: ResendDeps, request: HelpRequest): Promise<void> {
  const slugs = (await deps.store.listSites()).map(({ slug }) => slug);
  const orders = await deps.store.findOrders({ keys: namedOrders(request.booking, slugs) });
  for (const order of orders) {
    if (!(await isBuyer(deps, order, request.email))) continue;
    if (!(await mayBeSent(deps.store, { email: request.email, orderId: order.id }))) continue;
    await resendOrder(deps, {
      orderId: orderId(order),
      reason: 'asked for on the help page',
      actor: 'buyer',
      limitFor: 'buyer',
    });
  }
}

async function isBuyer({ store }: ResendDeps, order: OrderRow, email: string): Promise<boolean> {
  if (order.email?.toLowerCase() === email) return true;
  return (await store.findAlternates({ orderId: order.id })).includes(email);
}
