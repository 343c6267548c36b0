import { keyOf, keyText, type Arrival, type Receipt } from './arrival.ts';

/** Measured best on MySQL, MariaDB and PostgreSQL (docs/why-skip-locked.md). */
const BATCH_SIZE = 128;
/** Looks that skip locked keys, before one delivery alone waits for them. */
export const QUICK_TRIES = 3;

/** A delivery that waits for its transaction, and whoever waits for its receipt. */
export interface Member {
  arrival: Arrival;
  fingerprint: string;
  tries: number;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

export interface Batch {
  leaders: Member[];
  /** Equal deliveries, by the leader they ride with. */
  copies: Map<Member, Member[]>;
}

/**
 * Takes the next batch out of those that wait, in order of arrival. One acting delivery per order; equal copies ride
 * along with it, others stay, and so does what concerns an order that is under way (`busy`).
 */
export function gather(waiting: Member[], busy: ReadonlySet<string>): { batch: Batch; rest: Member[] } {
  const leaders: Member[] = [];
  const copies = new Map<Member, Member[]>();
  const acting = new Map<string, Member>();
  const rest: Member[] = [];
  /** Orders of those that stay: who comes later for the same order must not overtake them. */
  const staying = new Set<string>();
  for (const member of waiting) {
    const orders = orderTexts(member.arrival);
    const rivals = orders.map((order) => acting.get(order));
    const leader = rivals[0];
    const isCopy = leader !== undefined && leader.fingerprint === member.fingerprint;
    if (isCopy && rivals.every((rival) => rival === leader)) {
      copies.get(leader)?.push(member);
    } else if (
      leaders.length >= BATCH_SIZE ||
      rivals.some((rival) => rival) ||
      orders.some((order) => busy.has(order) || staying.has(order)) ||
      // Patient members wait for locked keys, which a batch never does: they go alone.
      (member.tries >= QUICK_TRIES && leaders.length > 0) ||
      leaders.some((other) => other.tries >= QUICK_TRIES)
    ) {
      rest.push(member);
      for (const order of orders) staying.add(order);
    } else {
      leaders.push(member);
      copies.set(member, []);
      for (const order of orders) acting.set(order, member);
    }
  }
  return { batch: { leaders, copies }, rest };
}

export function membersOf(batch: Batch): Member[] {
  return batch.leaders.flatMap((leader) => [leader, ...(batch.copies.get(leader) ?? [])]);
}

export function orderTexts(arrival: Arrival): string[] {
  return arrival.events.map((event) => keyText(keyOf(arrival, event)));
}
