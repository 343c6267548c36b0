import type { KeyRow, MessageRow, ProductRow } from '../store/rows.ts';
import type { KeyPlan } from './key-plan.ts';
import { wasMailed, wasTried } from './mailed.ts';
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
 * mail was tried with, and what staff looked at, who may have read it out. A mail that was never tried does not go.
 */
export function planCancel(note: string, holdings: CancelHoldings): CancelPlan {
  const { messages, products, revealed } = holdings;
  const live = holdings.keys.filter((key) => key.status === 'assigned');
  const onHold = live.filter((key) => key.assignedAt === null);
  const given = live.filter((key) => key.assignedAt !== null);
  const seen = given.filter((key) => wasMailed(key, messages) || revealed.has(key.id));
  const untried = messages.filter(
    (message) => message.kind === 'key' && message.status !== 'withdrawn' && !wasTried(message),
  );
  const revoke = seen.filter((key) => products.get(key.productSku)?.onCancel === 'revoke');
  return {
    note,
    keys: {
      release: [...onHold, ...given.filter((key) => !seen.includes(key))],
      unhold: onHold,
      revoke,
      keep: seen.filter((key) => !revoke.includes(key)),
    },
    withdraw: [...untried.map((message) => message.id), ...openNotices(messages)],
  };
}
