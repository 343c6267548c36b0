import { statelessAct } from '../audit/record.ts';
import { cutText } from '../../shared/cut-text.ts';
import { mostUrgent, type ReceiptStatus } from '../../shared/statuses.ts';
import type { Arrival, Case, Receipt } from './arrival.ts';
import type { Ledger } from './ledger.ts';

/** What one order's part of a delivery is answered with; `note` is for staff. */
export interface Answer {
  orderId: string;
  status: ReceiptStatus;
  note: string;
}

/** Stores a delivery with its verdict, links it to its orders, and makes its receipt. */
export function recordDelivery(
  { ledger, hand }: { ledger: Ledger; hand: { now: Date } },
  arrival: Arrival,
  cases: Case[],
  answers: Answer[],
): Receipt {
  const status = arrival.verdict?.status ?? mostUrgent(answers.map((answer) => answer.status));
  const notes = [...new Set(answers.flatMap(({ note }) => (note ? [note] : [])))];
  const flag = arrival.verdict?.flag ?? notes.join('; ');
  ledger.deliveries.push({
    ...arrival.delivery,
    verdict: status,
    flag: cutText(flag, 500),
    orders: answers.map((answer, index) => ({ ...answer, ...whereFound(cases[index]) })),
  });
  const { id, replayOf, headers } = arrival.delivery;
  if (replayOf !== null) {
    // A subject of its own: replays of one delivery at the same moment must not fail each other, or the buyers beside them.
    const act = { subject: `delivery:${id}`, first: true, at: hand.now, actor: arrival.actor };
    const reason = headers['reason'] ?? '';
    const refs = { replayOf, answer: status };
    ledger.acts.push(statelessAct({ ...act, action: 'delivery.replayed', reason, refs }));
  }
  if (arrival.verdict?.alert) {
    const kind = arrival.verdict.alert;
    ledger.alerts.push({
      kind,
      orderId: null,
      sku: null,
      detail: cutText(`delivery ${replayOf ?? id}: ${flag}`, 500),
      createdAt: hand.now,
    });
  }
  for (const one of cases) {
    if (one.order) ledger.links.push({ deliveryId: arrival.delivery.id, orderId: one.order.id });
  }
  const orders = answers.map(({ orderId: id, status: word }) => ({ orderId: id, status: word }));
  return { deliveryId: arrival.delivery.id, status, orders };
}

function whereFound(one: Case | undefined): { emailAt?: string; couponAt?: string } {
  return {
    ...(one?.event.email && { emailAt: one.event.email.where }),
    ...(one?.event.coupon && { couponAt: one.event.coupon.where }),
  };
}
