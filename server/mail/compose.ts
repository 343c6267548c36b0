import { composeAdminMail } from './compose-admin.ts';
import { composeKeyMail } from './compose-key.ts';
import { composeNotice } from './compose-notice.ts';
import { readFacts, type OrderFacts } from './order-facts.ts';
import type { Brand } from './brand.ts';
import type { Draft } from './draft.ts';
import type { Clock } from '../clock.ts';
import type { MessageRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

export interface ComposeDeps {
  store: Pick<
    Store,
    | 'countOrders'
    | 'findAlertsByMessage'
    | 'findKeysOfOrders'
    | 'findLines'
    | 'findMessagesOfOrders'
    | 'findOrders'
    | 'findOrdersById'
    | 'findProducts'
    | 'findSuppressions'
    | 'messageCounts'
    | 'recentAssignments'
    | 'stockLevels'
  >;
  clock: Clock;
  brand: Brand;
  publicUrl: string;
  /** KEYBANK_LOW_STOCK: the threshold of products that name none. */
  lowStock: number;
}

/**
 * Writes mails from what is true now: the outbox holds ids only. An order that was cancelled meanwhile, or whose keys
 * were revoked, gets no mail, and neither does an address that was corrected, or that mail must not go to. To be sent at
 * once: a draft grows stale.
 */
export async function composeMails(deps: ComposeDeps, messages: MessageRow[]): Promise<Map<string, Draft>> {
  const drafts = new Map<string, Draft>();
  const facts = await readFacts(deps.store, messages);
  for (const message of messages) drafts.set(message.id, await compose(deps, facts, message));
  return drafts;
}

function compose(deps: ComposeDeps, facts: OrderFacts, message: MessageRow): Draft | Promise<Draft> {
  const { kind } = message;
  if (kind === 'key') return composeKeyMail(deps, facts, message);
  if (kind === 'key_waiting') return composeNotice(deps, facts, message);
  return composeAdminMail(deps, { ...message, kind });
}
