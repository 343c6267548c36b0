import { orderId } from '../../shared/booking-event.ts';
import { lowProducts } from '../stock/check.ts';
import { fitToSend } from './fit-to-send.ts';
import { renderAdminUrgent, renderKeyMail, renderLowStock } from './render.ts';
import type { Brand } from './brand.ts';
import type { RenderedMail } from './render.ts';
import type { KeyRow, MessageRow, OrderRow, ProductRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

export type Draft =
  | { kind: 'mail'; mail: RenderedMail; name: string }
  /** Nothing to say any more: the mail is withdrawn. */
  | { kind: 'nothing'; why: string }
  | { kind: 'unwritable'; why: string };

export interface ComposeDeps {
  store: Pick<
    Store,
    | 'findAlertsByMessage'
    | 'findKeysOfOrders'
    | 'findMessagesOfOrders'
    | 'findOrdersById'
    | 'findProducts'
    | 'stockLevels'
  >;
  brand: Brand;
  publicUrl: string;
  /** KEYBANK_LOW_STOCK: the threshold of products that name none. */
  lowStock: number;
}

/**
 * Writes mails from what is true now: the outbox holds ids only. An order that was cancelled meanwhile, or whose keys
 * were revoked, gets no mail, and neither does an address that was corrected. To be sent at once: a draft grows stale.
 */
export async function composeMails(deps: ComposeDeps, messages: MessageRow[]): Promise<Map<string, Draft>> {
  const drafts = new Map<string, Draft>();
  const facts = await readFacts(deps, messages);
  for (const message of messages) drafts.set(message.id, await compose(deps, facts, message));
  return drafts;
}

interface Facts {
  orders: Map<number, OrderRow>;
  keys: KeyRow[];
  products: Map<string, ProductRow>;
  sent: MessageRow[];
}

async function readFacts({ store }: ComposeDeps, messages: MessageRow[]): Promise<Facts> {
  const ids = [...new Set(messages.flatMap(({ orderId: id }) => (id === null ? [] : [id])))];
  if (ids.length === 0) return { orders: new Map(), keys: [], products: new Map(), sent: [] };
  const orders = await store.findOrdersById({ ids });
  const keys = await store.findKeysOfOrders({ orderIds: orders.map(orderId) });
  const products = await store.findProducts({ skus: [...new Set(keys.map((key) => key.productSku))] });
  return {
    orders: new Map(orders.map((order) => [order.id, order])),
    keys,
    products: new Map(products.map((product) => [product.sku, product])),
    sent: (await store.findMessagesOfOrders({ orderIds: ids })).filter(
      ({ kind, acceptedAt }) => kind === 'key' && acceptedAt !== null,
    ),
  };
}

async function compose(deps: ComposeDeps, facts: Facts, message: MessageRow): Promise<Draft> {
  switch (message.kind) {
    case 'key':
      return composeKeyMail(deps, facts, message);
    case 'admin_urgent': {
      const alerts = await deps.store.findAlertsByMessage({ messageId: message.id });
      if (alerts.length === 0) return { kind: 'nothing', why: 'no alert is left to tell' };
      return written('', () => renderAdminUrgent({ ...deps, alerts }));
    }
    case 'admin_low_stock': {
      const low = lowProducts(await deps.store.stockLevels(), deps.lowStock);
      if (low.length === 0) return { kind: 'nothing', why: 'no product is low any more' };
      const products = low.map((level) => ({ ...level, threshold: level.lowStock ?? deps.lowStock }));
      return written('', () => renderLowStock({ ...deps, products }));
    }
  }
}

function composeKeyMail({ brand }: ComposeDeps, facts: Facts, message: MessageRow): Draft {
  const fit = fitToSend(message, facts.orders.get(message.orderId ?? 0), facts.keys);
  if ('why' in fit) return { kind: 'nothing', why: fit.why };
  const { order, keys } = fit;
  const products = [...new Set(keys.map((key) => key.productSku))].map((sku) => ({
    name: facts.products.get(sku)?.name ?? sku,
    keys: keys.filter((key) => key.productSku === sku).map((key) => key.licenseKey),
    activationUrl: facts.products.get(sku)?.activationUrl ?? null,
    instructions: facts.products.get(sku)?.instructions ?? null,
  }));
  const copy = facts.sent.some((other) => other.orderId === order.id && other.id !== message.id);
  return written(order.name ?? '', () =>
    renderKeyMail({
      brand,
      order: { orderId: orderId(order), name: order.name, email: message.recipient },
      products,
      copy,
    }),
  );
}

/** Wraps rendering only, which reads no database: the fill's messages name placeholders, never values. */
function written(name: string, write: () => RenderedMail): Draft {
  try {
    return { kind: 'mail', mail: write(), name };
  } catch (error) {
    return { kind: 'unwritable', why: error instanceof Error ? error.message.slice(0, 200) : 'unknown' };
  }
}
