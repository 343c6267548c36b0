import { orderId } from '../../shared/booking-event.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { lacking } from '../keys/plan.ts';
import { toCustomer } from './compose-key.ts';
import { written, type Draft } from './draft.ts';
import { isFormerAddress } from './former-address.ts';
import { refusal, type OrderFacts } from './order-facts.ts';
import { renderKeyWaiting } from './render.ts';
import type { Brand } from './brand.ts';
import type { MessageRow } from '../store/rows.ts';

/** "Your key is on its way", for an order that still waits. */
export function composeNotice({ brand }: { brand: Brand }, facts: OrderFacts, message: MessageRow): Draft {
  const nothing = (why: string): Draft => ({ kind: 'nothing', why });
  const order = facts.orders.get(message.orderId ?? 0);
  if (order?.status !== 'waiting') return nothing(`the order is ${order?.status ?? 'gone'}`);
  // SECURITY: a corrected address means that the former one may be a stranger's.
  if (order.email === null || isFormerAddress(message.recipient, order.email))
    return nothing('the order has another address now');
  // Cancelled and approved again within the minute, an order waits for the second time: once is enough.
  if (facts.messages.some((other) => isLaterNotice(other, message)))
    return nothing('a later notice tells the same');
  const refused = refusal(facts, message);
  if (refused) return refused;
  // Keys that the buyer kept through a cancellation are in his hands already.
  const owed = lacking(
    facts.lines.filter((line) => line.orderId === order.id),
    givenKeys(order, facts.keys),
  );
  if (owed.length === 0) return nothing('the order is owed nothing');
  const products = owed.map(({ sku, quantity }) => ({
    name: facts.products.get(sku)?.name ?? sku,
    quantity,
  }));
  return written(
    () => renderKeyWaiting({ brand, order: { orderId: orderId(order), name: order.name }, products }),
    toCustomer(brand, order.name),
  );
}

function isLaterNotice(other: MessageRow, message: MessageRow): boolean {
  if (other.kind !== 'key_waiting' || other.orderId !== message.orderId || other.id === message.id)
    return false;
  if (other.status === 'withdrawn') return false;
  const [theirs, ours] = [other.createdAt.getTime(), message.createdAt.getTime()];
  return theirs > ours || (theirs === ours && other.id > message.id);
}
