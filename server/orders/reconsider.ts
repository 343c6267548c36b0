import { itemOfOrder, itemText } from '../keys/arrival.ts';
import type { ItemRef } from '../store/rows.ts';
import { replayDelivery, type ReplayDeps } from './replay.ts';

const PAGE = 200;

/**
 * Orders that a person was asked about because their course had no product are replayed once it has one: a mapping
 * releases what waited. `onlyItem` narrows the look to one course. Answers how many deliveries were replayed.
 */
export async function reconsiderUnmapped(
  deps: ReplayDeps & { defaultSku: string | null },
  input: { onlyItem: ItemRef | null },
): Promise<number> {
  let replayed = 0;
  for (let afterId = 0; ;) {
    const page = await deps.store.listAttention({ reason: 'unmapped', afterId, limit: PAGE });
    const items = page.flatMap((order) => itemOfOrder(order) ?? []);
    const mapped = new Set((await deps.store.findMappings({ items })).map(itemText));
    const deliveries = page.filter((order) => {
      const item = itemOfOrder(order);
      if (!item) return deps.defaultSku !== null && input.onlyItem === null;
      if (input.onlyItem !== null && itemText(item) !== itemText(input.onlyItem)) return false;
      return mapped.has(itemText(item)) || deps.defaultSku !== null;
    });
    const ids = [...new Set(deliveries.map((order) => order.lastDeliveryId))];
    await Promise.all(
      ids.map((deliveryId) =>
        replayDelivery(deps, {
          deliveryId,
          actor: 'job',
          reason: 'its course was mapped to a product',
          revives: false,
        }),
      ),
    );
    replayed += ids.length;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return replayed;
    afterId = last.id;
  }
}
