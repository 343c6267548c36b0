import { describe, expect, test } from 'vitest';
import { createGuesses, FREE_GUESSES } from '../../server/staff/guesses.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const THERE = '198.51.100.7';

function opened() {
  let at = Date.parse('2026-11-22T12:00:00Z');
  const guesses = createGuesses({ now: () => new Date(at) });
  let next = 0;
  return {
    guesses,
    pass: (ms: number) => void (at += ms),
    fail: (times: number, ip = THERE) => {
      for (let nth = 0; nth < times; nth += 1) guesses.begin(ip, `wrong-${(next += 1)}`);
    },
    waitMs: (ip = THERE, hash = 'unknown') => guesses.waitMs(ip, hash),
  };
}

describe('wrong tokens', () => {
  test('cost nothing while they are as few as a person’s typing errors', () => {
    const { fail, waitMs } = opened();
    fail(FREE_GUESSES - 1);
    expect(waitMs()).toBe(0);
  });

  test('cost twice the wait each time beyond that, up to five minutes', () => {
    const { fail, waitMs, pass } = opened();
    fail(FREE_GUESSES);
    const waits = [waitMs()];
    for (let nth = 0; nth < 12; nth += 1) {
      pass(waitMs());
      expect(waitMs()).toBe(0);
      fail(1);
      waits.push(waitMs());
    }
    expect(waits.slice(0, 4)).toEqual([2, 4, 8, 16].map((s) => s * SECOND));
    expect(waits.at(-1)).toBe(5 * MINUTE);
  });

  test('leave fewer than 400 guesses a day to a network', () => {
    const { fail, waitMs, pass } = opened();
    let guessed = 0;
    for (let passed = 0; passed < 24 * 60 * MINUTE; guessed += 1) {
      const wait = waitMs();
      pass(wait);
      passed += wait;
      fail(1);
    }
    expect(guessed).toBeLessThan(400);
  });

  test('are forgotten ten minutes after the last wait', () => {
    const { fail, waitMs, pass } = opened();
    fail(FREE_GUESSES + 3);
    pass(waitMs() + 10 * MINUTE);
    fail(FREE_GUESSES - 1);
    expect(waitMs()).toBe(0);
  });

  test('slow their own network only: an IPv4 address, or the /64 of an IPv6 one', () => {
    const { fail, waitMs } = opened();
    fail(FREE_GUESSES, '2001:db8:1:2::1');
    expect(waitMs('2001:db8:1:2:ffff::9')).toBeGreaterThan(0);
    expect(waitMs('2001:db8:1:3::1')).toBe(0);
    expect(waitMs()).toBe(0);
  });

  test('do not lock out a token that was right within the hour', () => {
    const { guesses, fail, waitMs, pass } = opened();
    guesses.begin(THERE, 'known').right();
    fail(FREE_GUESSES + 20);
    expect(waitMs(THERE, 'known')).toBe(0);
    expect(waitMs(THERE, 'unknown')).toBeGreaterThan(0);
    pass(60 * MINUTE);
    fail(FREE_GUESSES);
    expect(waitMs(THERE, 'known')).toBeGreaterThan(0);
  });

  test('are not taken back by a right one from the same network', () => {
    const { guesses, fail, waitMs } = opened();
    fail(FREE_GUESSES - 1);
    guesses.begin(THERE, 'known').right();
    fail(1);
    expect(waitMs()).toBeGreaterThan(0);
  });

  test('are kept of at most ten thousand networks, the newest', () => {
    const { fail, waitMs } = opened();
    fail(FREE_GUESSES);
    for (let nth = 0; nth < 10_000; nth += 1) fail(1, `10.${nth >> 8}.${nth & 255}.1`);
    expect(waitMs()).toBe(0);
  });

  test('are no new guesses when they are sent again: an old script locks nobody out', () => {
    const { guesses, fail, waitMs, pass } = opened();
    for (let minute = 0; minute < 60; minute += 1) {
      guesses.begin(THERE, 'old');
      pass(MINUTE);
    }
    expect(waitMs()).toBe(0);
    fail(FREE_GUESSES - 1);
    guesses.begin(THERE, 'old');
    expect(waitMs()).toBeGreaterThan(0);
    expect(waitMs(THERE, 'old')).toBeGreaterThan(0);
  });

  test.each([19, 20])('of a network, the last twenty are remembered: %i came since', (others) => {
    const { guesses, fail, waitMs, pass } = opened();
    guesses.begin(THERE, 'old');
    fail(others);
    pass(SECOND);
    guesses.begin(THERE, 'old');
    expect(waitMs()).toBe(5 * MINUTE - (others === 19 ? SECOND : 0));
  });

  test('count before they are looked up: of many at once, ten are', () => {
    const { guesses, waitMs } = opened();
    const looked = Array.from({ length: 50 }, (_, nth) => `hash-${nth}`).filter((hash) => {
      if (waitMs(THERE, hash) > 0) return false;
      guesses.begin(THERE, hash);
      return true;
    });
    expect(looked).toHaveLength(FREE_GUESSES);
  });

  test.each(['right', 'unanswered'] as const)('are none when the answer is “%s”', (answer) => {
    const { guesses, fail, waitMs, pass } = opened();
    fail(FREE_GUESSES - 1);
    pass(SECOND);
    const guess = guesses.begin(THERE, 'mine');
    expect(waitMs()).toBeGreaterThan(0);
    guess[answer]();
    expect(waitMs()).toBe(0);
    guess[answer]();
    fail(1);
    expect(waitMs()).toBe(2 * SECOND);
  });

  test('sent at once with the same right token are one guess, and none in the end', () => {
    const { guesses, fail, waitMs } = opened();
    fail(FREE_GUESSES - 2);
    const many = Array.from({ length: 20 }, () => guesses.begin(THERE, 'mine'));
    expect(waitMs()).toBe(0);
    for (const guess of many) guess.right();
    fail(1);
    expect(waitMs()).toBe(0);
  });
});
