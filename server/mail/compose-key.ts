import { orderId } from '../../shared/booking-event.ts';
import { written, type Draft } from './draft.ts';
import { fitToSend } from './fit-to-send.ts';
import { keyStory } from './key-story.ts';
import { refusal, type OrderFacts } from './order-facts.ts';
import { renderKeyMail } from './render.ts';
import { replyTo } from './reply-to.ts';
import type { Brand } from './brand.ts';
import type { MessageRow } from '../store/rows.ts';

/** The keys of an order; a copy of them, or what they replace. */
export function composeKeyMail({ brand }: { brand: Brand }, facts: OrderFacts, message: MessageRow): Draft {
  const fit = fitToSend(message, facts.orders.get(message.orderId ?? 0), facts.keys);
  if ('why' in fit) return { kind: 'nothing', why: fit.why };
  const refused = refusal(facts, message);
  if (refused) return refused;
  const { order, keys } = fit;
  const products = [...new Set(keys.map((key) => key.productSku))].map((sku) => ({
    name: facts.products.get(sku)?.name ?? sku,
    keys: keys.filter((key) => key.productSku === sku).map((key) => key.licenseKey),
    activationUrl: facts.products.get(sku)?.activationUrl ?? null,
    instructions: facts.products.get(sku)?.instructions ?? null,
  }));
  const story = keyStory({
    message,
    keys: facts.keys.filter((key) => key.assignedOrderId === orderId(order)),
    messages: facts.messages.filter((other) => other.orderId === order.id),
  });
  return written(
    () => renderKeyMail({ brand, order: { orderId: orderId(order), name: order.name }, products, ...story }),
    toCustomer(brand, order.name),
  );
}

export function toCustomer(brand: Brand, name: string | null): { name: string; replyTo?: string } {
  return { name: name ?? '', ...replyTo(brand) };
}
