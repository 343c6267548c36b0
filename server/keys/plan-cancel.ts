import type { KeyRow, MessageRow, ProductRow } from '../store/rows.ts';
import type { KeyPlan } from './key-plan.ts';
import { openNotices } from './open-notices.ts';

/** How an order is cancelled. */
export interface CancelPlan {
  note: string;
  keys: KeyPlan;
  withdraw: string[];
}

/** What a cancellation looks at; `revealed` are the keys that staff saw in full. */
export interface CancelHoldings {
  keys: KeyRow[];
  messages: MessageRow[];
  products: Map<string, ProductRow>;
  revealed: ReadonlySet<number>;
}

/**
 * Keys that nobody can have seen go back to the head of their queue; others follow the product's setting. Seen is what a
 * mail was tried with, and what staff looked at, who may have read it out.
 */
export function planCancel(note: string, holdings: CancelHoldings): CancelPlan {
  const { messages, products, revealed } = holdings;
  const live = holdings.keys.filter((key) => key.status === 'assigned');
  const onHold = live.filter((key) => key.assignedAt === null);
  const given = live.filter((key) => key.assignedAt !== null);
  const mailed = wasMailed(messages);
  const seen = given.filter((key) => mailed || revealed.has(key.id));
  const unsent = messages.filter(({ kind, status }) => kind === 'key' && status !== 'withdrawn' && !mailed);
  const revoke = seen.filter((key) => products.get(key.productSku)?.onCancel === 'revoke');
  return {
    note,
    keys: {
      release: [...onHold, ...given.filter((key) => !seen.includes(key))],
      unhold: onHold,
      revoke,
      keep: seen.filter((key) => !revoke.includes(key)),
    },
    withdraw: [...unsent.map((message) => message.id), ...openNotices(messages)],
  };
}

/**
 * A withdrawn mail may have been tried before it was withdrawn. After a restore from a backup, a mail that was never tried
 * may have arrived all the same: its provider said so.
 */
export function wasMailed(messages: MessageRow[]): boolean {
  return messages.some(
    (message) => message.kind === 'key' && (message.attempts > 0 || message.acceptedAt !== null),
  );
}
