import type { MessageRow } from '../store/rows.ts';

/** As much as leaves within this time is leased ahead: a draft grows stale, and a lease that is lost waits ten minutes. */
const AHEAD_MS = 100;
/** In multiples of the mails under way. */
const MOST_AHEAD = 24;
/** Weight of the newest send in the average. */
const WEIGHT = 0.1;

interface Pace {
  /** A send took this long. */
  note(ms: number): void;
  /** Mails worth leasing beyond those under way: 0 until the first sends have shown how fast the server is. */
  ahead(): number;
  /** With no more than these left the next batch is leased: it is there before the last of them leaves. */
  lowWater(): number;
}

/** Learns how fast mails leave, so that no database round trip stands between two of them. */
export function createPace(concurrency: number): Pace {
  let averageMs: number | null = null;
  const ahead = () => {
    if (averageMs === null) return 0;
    return Math.floor(concurrency * Math.min(MOST_AHEAD, AHEAD_MS / Math.max(1, averageMs)));
  };
  return {
    note(ms) {
      averageMs = averageMs === null ? ms : averageMs + WEIGHT * (ms - averageMs);
    },
    ahead,
    lowWater: () => Math.max(concurrency - 1, Math.floor(ahead() / 2)),
  };
}

/** How many mails may be leased now. Urgent ones find room even in a full house: they overtake what is ready. Pure. */
export function roomFor(q: {
  concurrency: number;
  ahead: number;
  sending: number;
  ready: readonly Pick<MessageRow, 'priority'>[];
  /** One mail goes first, to see whether the server takes mail again. */
  isProbing: boolean;
  isUrgentLookDue: boolean;
}): { room: number; urgentRoom: number } {
  const held = q.sending + q.ready.length;
  if (q.isProbing) return held === 0 ? { room: 1, urgentRoom: 1 } : { room: 0, urgentRoom: 0 };
  const room = Math.max(0, q.concurrency + q.ahead - held);
  const urgent = q.ready.filter(({ priority }) => priority === 0).length;
  return { room, urgentRoom: Math.max(room, q.isUrgentLookDue ? q.concurrency - urgent : 0) };
}
