import type { Owed } from './policy.ts';

/** An order that wants keys, in the order of arrival. */
export interface Demand {
  /** The caller's name for it. */
  id: number;
  lines: Owed[];
}

/** Per SKU: the keys this transaction has locked, and the free keys that others have locked. */
export interface Supply {
  keyIds: number[];
  lockedByOthers: number;
}

export interface Shares {
  /** Demand id → keys. All or none. */
  served: Map<number, number[]>;
  /** No committed free key is left that would make these whole. */
  short: number[];
  /** Others hold keys that may come free again: not decided. */
  undecided: number[];
  /** Demands that were too big for what was left while a later one was served. */
  passedOver: number[];
}

/** Hands locked keys out in order of arrival, all or none; an order too big for what is left is passed over. */
export function share(demands: Demand[], supply: Map<string, Supply>): Shares {
  const left = new Map([...supply].map(([sku, { keyIds }]) => [sku, [...keyIds]]));
  const shares: Shares = { served: new Map(), short: [], undecided: [], passedOver: [] };
  const skipped: number[] = [];
  for (const demand of demands) {
    const missing = demand.lines.filter((line) => (left.get(line.sku)?.length ?? 0) < line.quantity);
    if (missing.length === 0) {
      shares.served.set(
        demand.id,
        demand.lines.flatMap((line) => left.get(line.sku)?.splice(0, line.quantity) ?? []),
      );
      shares.passedOver.push(...skipped.splice(0));
      continue;
    }
    const certain = missing.some((line) => {
      const others = supply.get(line.sku)?.lockedByOthers ?? 0;
      return (left.get(line.sku)?.length ?? 0) + others < line.quantity;
    });
    if (certain) skipped.push(demand.id);
    (certain ? shares.short : shares.undecided).push(demand.id);
  }
  return shares;
}

/** The keys wanted in all, per SKU, SKUs sorted: every transaction claims in this order. */
export function totals(demands: Demand[]): [sku: string, quantity: number][] {
  const sums = new Map<string, number>();
  for (const { lines } of demands) {
    for (const { sku, quantity } of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}
