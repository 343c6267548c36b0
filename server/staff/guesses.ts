import type { Clock } from '../clock.ts';
import { networkOf } from '../network-of.ts';

/** Failed sign-ins that a network may have in one window before it has to wait. */
export const FREE_GUESSES = 10;
const WINDOW_MS = 10 * 60_000;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 5 * 60_000;
const KNOWN_FOR_MS = 60 * 60_000;
/** Beyond, the longest known is forgotten: memory stays bounded whatever strangers send. */
const MAX_NETWORKS = 10_000;
const MAX_KNOWN = 1000;

/**
 * Slows who guesses tokens. While a network waits, no token from it is even looked up, so a lucky guess gains nothing;
 * but one that this process has seen to be right within the hour goes through: one script with an old token locks nobody
 * out of the office it runs in. A right token takes no failure back, or whoever has one could go on guessing.
 */
export interface Guesses {
  /** How long a sign-in with this hash has to wait; 0 when it may be looked at. */
  waitMs(ip: string, tokenHash: string): number;
  failed(ip: string): void;
  succeeded(tokenHash: string): void;
}

export function createGuesses(clock: Clock): Guesses {
  const networks = new Map<string, { failures: number; since: number; waitUntil: number }>();
  const known = new Map<string, number>();
  const now = () => clock.now().getTime();
  return {
    waitMs(ip, tokenHash) {
      const at = now();
      if (at - (known.get(tokenHash) ?? -Infinity) < KNOWN_FOR_MS) return 0;
      return Math.max(0, (networks.get(networkOf(ip))?.waitUntil ?? 0) - at);
    },
    failed(ip) {
      const at = now();
      const network = networkOf(ip);
      const seen = networks.get(network);
      const isOver = !seen || at - Math.max(seen.since, seen.waitUntil) >= WINDOW_MS;
      const failures = isOver ? 1 : seen.failures + 1;
      const beyond = failures - FREE_GUESSES;
      const waitMs = beyond < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** beyond);
      const since = isOver ? at : seen.since;
      remember(
        networks,
        network,
        { failures, since, waitUntil: waitMs === 0 ? 0 : at + waitMs },
        MAX_NETWORKS,
      );
    },
    succeeded(tokenHash) {
      remember(known, tokenHash, now(), MAX_KNOWN);
    },
  };
}

/** The newest stands last. */
function remember<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}
