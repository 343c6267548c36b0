import { describe, expect, test } from 'vitest';
import {
  judgeAttention,
  judgeDatabase,
  judgeInstances,
  judgeMail,
  judgeOrders,
  judgeSites,
  judgeStock,
  type MailFacts,
} from '../../server/health/judge.ts';
import { readPart, worstOf } from '../../server/health/part.ts';
import { spellLocks } from '../../server/health/spell-locks.ts';
import { amount, spell } from '../../server/health/spell.ts';
import { silentLog, type Log } from '../../server/log.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const MINUTE = 60_000;

describe('health is judged', () => {
  test('of the database by how fast it answers', () => {
    expect(judgeDatabase({ version: 'MySQL 9.7', pingMs: 2.4 })).toEqual({
      status: 'ok',
      sentence: 'MySQL 9.7 answers in 2 ms.',
    });
    expect(judgeDatabase({ version: 'MySQL 9.7', pingMs: 1900 }).status).toBe('warn');
  });

  test('of the servers by who was heard of', () => {
    const server = (host: string, minutes: number, isSilent: boolean) => ({
      host,
      seenAt: ago(minutes),
      isSilent,
    });
    expect(judgeInstances([], NOW)).toMatchObject({ status: 'bad', sentence: /No server is running/ });
    expect(judgeInstances([server('a', 9, true)], NOW).status).toBe('bad');
    expect(judgeInstances([server('a', 0, false)], NOW).sentence).toBe('1 server running.');
    const some = [server('a', 0, false), server('b', 200, true), server('c', 5, true)];
    expect(judgeInstances(some, NOW)).toMatchObject({
      status: 'warn',
      sentence: /^1 server running; c was last heard of 5 minutes ago/,
    });
  });

  const mail = (about: Partial<MailFacts> = {}): MailFacts => ({
    ...{ worker: { sending: 0, paused: null }, due: 0, oldestDueMs: null, troubled: [] },
    ...about,
  });
  const paused = (cause: 'configuration' | 'busy') => ({
    sending: 0,
    paused: { cause, code: 'x', why: 'the mail server refused the login (535)', until: NOW },
  });

  test.each<[string, MailFacts, string, RegExp]>([
    ['all well', mail(), 'ok', /leave as they come/],
    ['wrong settings', mail({ worker: paused('configuration') }), 'bad', /stands still.*535/],
    ['a busy server', mail({ worker: paused('busy') }), 'warn', /asked for less mail/],
    ['a queue that stands', mail({ due: 12, oldestDueMs: 40 * MINUTE }), 'bad', /12 mails due.*40 minutes/],
    ['a queue that is late', mail({ due: 1, oldestDueMs: 6 * MINUTE }), 'warn', /1 mail due/],
    ['a queue that works', mail({ due: 900, oldestDueMs: 20_000 }), 'ok', /./],
    [
      'mails in trouble',
      mail({
        troubled: [
          { status: 'failed', count: 2, isMore: false },
          { status: 'bounced', count: 100, isMore: true },
          { status: 'unknown', count: 0, isMore: false },
        ],
      }),
      'warn',
      /2 failed, 100 or more bounced\.$/,
    ],
  ])('of mail: %s', (_name, facts, status, words) => {
    expect(judgeMail(facts)).toMatchObject({ status, sentence: words });
  });

  test('of orders, stock and sites by what waits for a person', () => {
    const quiet = { waiting: 0, isMoreWaiting: false, oldestWaitingSince: null };
    const calm = { ...quiet, attention: 0, isMoreAttention: false };
    expect(judgeOrders(calm, NOW).status).toBe('ok');
    const busy = { ...calm, waiting: 100, isMoreWaiting: true, oldestWaitingSince: ago(180), attention: 1 };
    expect(judgeOrders(busy, NOW).sentence).toBe(
      'There wait: 100 or more orders for stock, the oldest for 3 hours; 1 order for a decision.',
    );
    const line = { sku: 'A', available: 3, waiting: 0, threshold: 10 };
    expect(judgeStock({ low: [], overdueHolds: 0 }).status).toBe('ok');
    expect(judgeStock({ low: [line], overdueHolds: 0 }).status).toBe('warn');
    expect(judgeStock({ low: [{ ...line, waiting: 4 }], overdueHolds: 0 }).status).toBe('bad');
    expect(judgeStock({ low: [line], overdueHolds: 2 }).sentence).toMatch(/2 keys on hold past/);
    const site = { site: '', url: null, source: 'amelia' as const, plugin: '1', lastAt: NOW };
    const counts = { listed: 0, lacking: 0, unknown: 0 };
    expect(judgeSites([]).status).toBe('ok');
    expect(judgeSites([{ ...site, ...counts, isSilent: true }]).sentence).toMatch(/the main site, amelia/);
  });

  test('of the attention list by what nobody settled', () => {
    expect(judgeAttention({ open: [] })).toEqual({
      status: 'ok',
      sentence: 'Nothing is on the attention list.',
    });
    const open = [
      { kind: 'conflict' as const, count: 2, isMore: false },
      { kind: 'mail_failed' as const, count: 100, isMore: true },
    ];
    expect(judgeAttention({ open })).toEqual({
      status: 'warn',
      sentence: 'On the attention list: 2 conflict, 100 or more mail_failed.',
    });
  });

  test('as a whole by its worst part, and a part that cannot be read takes no other down', async () => {
    const logged: unknown[] = [];
    const log: Log = { ...silentLog, warn: (event, fields) => logged.push([event, fields]) };
    const part = await readPart(log, 'stock', () => Promise.reject(new Error('no table: secret')));
    expect(part).toMatchObject({ status: 'bad', facts: null });
    expect(part.sentence).not.toContain('secret');
    expect(logged).toMatchObject([['health.fault', { part: 'stock' }]]);
    expect(JSON.stringify(logged)).not.toContain('secret');
    expect(worstOf([{ status: 'ok' }, part, { status: 'warn' }])).toBe('bad');
    expect(worstOf([])).toBe('ok');
  });
});

test.each([
  [0, '0 seconds'],
  [1000, '1 second'],
  [119_000, '1 minute'],
  [3 * 3_600_000, '3 hours'],
  [86_400_000, '1 day'],
])('%i ms is %s', (ms, words) => expect(spell(ms)).toBe(words));

test('counting that stopped says so', () => {
  expect([amount(1, 'key'), amount(2, 'key'), amount(1, 'key', true)]).toEqual([
    '1 key',
    '2 keys',
    '1 or more keys',
  ]);
});

test.each([
  [{ waits: 7, deadlocks: 1, countedMs: 7_200_000 }, 'Locks: 7 waits for a row, 1 deadlock in 2 hours.'],
  [
    { waits: 1, deadlocks: null, countedMs: 60_000 },
    'Locks: 1 wait for a row in 1 minute; the database does not tell deadlocks.',
  ],
  [
    { waits: null, deadlocks: 0, countedMs: null },
    'Locks: 0 deadlocks since the database was made; the database does not tell waits.',
  ],
  [
    { waits: null, deadlocks: null, countedMs: null },
    'Locks: the database does not tell waits and deadlocks.',
  ],
])('locks are told as far as the engine tells them (%#)', (locks, words) =>
  expect(spellLocks(locks)).toBe(words),
);
