import { transact, type RetryDeps } from '../store/retry.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { noOutcome, type Outcome } from './apply.ts';
import { orderNames, type Arrival, type Receipt } from './arrival.ts';
import { openLedger, writeLedger } from './ledger.ts';

/** Keeps the raw bytes of a delivery that could not be acted on, and raises it to a person: nothing authenticated is lost. */
export async function keepAlone(
  deps: RetryDeps & { store: Store; clock: Clock },
  arrival: Arrival,
  code: string,
): Promise<{ receipt: Receipt; outcome: Outcome }> {
  const names = orderNames(arrival);
  const flag = `the delivery could not be acted on (${code}); it is kept and can be replayed`;
  const { id, replayOf } = arrival.delivery;
  const orders = names.map((orderId) => ({ orderId, status: 'attention' as const }));
  await transact(deps, async (tx) => {
    const ledger = openLedger();
    ledger.deliveries.push({ ...arrival.delivery, verdict: 'attention', flag, orders });
    ledger.alerts.push({
      kind: 'unreadable',
      orderId: names[0] ?? null,
      sku: null,
      detail: `delivery ${replayOf ?? id}: ${flag}`,
      createdAt: deps.clock.now(),
    });
    await writeLedger(tx, ledger);
  });
  const receipt: Receipt = { deliveryId: id, status: 'attention', orders };
  return { receipt, outcome: { ...noOutcome(), alerts: 1 } };
}
