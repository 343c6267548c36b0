import type { FactStore } from './order-facts.ts';

/** The same verbs, one after the other: a transaction has one connection, which answers one query at a time. */
export function inTurn(tx: FactStore): FactStore {
  let last: Promise<unknown> = Promise.resolve();
  const after =
    <Q, R>(verb: (q: Q) => Promise<R>) =>
    (q: Q): Promise<R> => {
      const result = last.then(() => verb(q));
      last = result.catch(() => {});
      return result;
    };
  return {
    findKeysOfOrders: after(tx.findKeysOfOrders),
    findLines: after(tx.findLines),
    findMessagesOfOrders: after(tx.findMessagesOfOrders),
    findOrdersById: after(tx.findOrdersById),
    findProducts: after(tx.findProducts),
    findSuppressions: after(tx.findSuppressions),
  };
}
