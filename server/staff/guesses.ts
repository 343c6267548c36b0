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
const MAX_WRONG = 20;

/**
 * Slows who guesses tokens. While a network waits, no token from it is even looked up, so a lucky guess gains nothing;
 * but one that this process has seen to be right within the hour goes through. The same token again is no new guess:
 * one script with an old token locks nobody out of the office it runs in. A right token takes no failure back, or
 * whoever has one could go on guessing.
 */
export interface Guesses {
  /** How long a sign-in with this hash has to wait; 0 when it may be looked at. */
  waitMs(ip: string, tokenHash: string): number;
  /**
   * Call before the token is looked up: it is a failure until it is known to be none, so that of many at once no more are
   * looked up than one after another.
   */
  begin(ip: string, tokenHash: string): Guess;
}

export interface Guess {
  /** The token is somebody's. */
  right(): void;
  /** It could not be looked up. */
  unanswered(): void;
}

interface Network {
  failures: number;
  since: number;
  /** Of the last failure. */
  at: number;
  /** Hashes that were tried and are not known to be right, the newest last. */
  tried: Set<string>;
}

export function createGuesses(clock: Clock): Guesses {
  const networks = new Map<string, Network>();
  const known = new Map<string, number>();
  const now = () => clock.now().getTime();
  const isKnown = (tokenHash: string) => now() - (known.get(tokenHash) ?? -Infinity) < KNOWN_FOR_MS;
  return {
    waitMs(ip, tokenHash) {
      const network = networks.get(networkOf(ip));
      return network && !isKnown(tokenHash) ? Math.max(0, waitsUntil(network) - now()) : 0;
    },
    begin(ip, tokenHash) {
      const at = now();
      const name = networkOf(ip);
      const seen = networks.get(name);
      const isOver = !seen || at - Math.max(seen.since, waitsUntil(seen)) >= WINDOW_MS;
      const network = isOver ? { failures: 0, since: at, at, tried: new Set<string>() } : seen;
      const before = network.at;
      const counts = !isKnown(tokenHash) && !network.tried.has(tokenHash);
      if (counts) {
        Object.assign(network, { failures: network.failures + 1, at });
        network.tried.add(tokenHash);
        const [longest] = network.tried;
        if (network.tried.size > MAX_WRONG && longest !== undefined) network.tried.delete(longest);
        remember(networks, name, network, MAX_NETWORKS);
      }
      const takeBack = () => {
        if (!counts || !network.tried.delete(tokenHash)) return;
        Object.assign(network, {
          failures: network.failures - 1,
          ...(network.at === at && { at: before }),
        });
      };
      return {
        right() {
          takeBack();
          remember(known, tokenHash, now(), MAX_KNOWN);
        },
        unanswered: takeBack,
      };
    },
  };
}

function waitsUntil({ failures, at }: Network): number {
  const beyond = failures - FREE_GUESSES;
  return beyond < 0 ? 0 : at + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** beyond);
}

/** The newest stands last. */
function remember<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}
