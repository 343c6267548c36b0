import { describe, expect, test } from 'vitest';
import { kindWords as alertWords } from '../../console/attention/kind-words.ts';
import { dayBounds } from '../../console/look/day-bounds.ts';
import { localTime } from '../../console/look/local-time.ts';
import { toneOf, wordOf } from '../../console/look/status-words.ts';
import { headline } from '../../console/orders/headline.ts';
import { keysOfEntry } from '../../console/orders/keys-of-entry.ts';
import { forecastCurve } from '../../console/stock/forecast-curve.ts';
import { paceWords, standing } from '../../console/stock/standing.ts';
import { KEY_STATUSES, MESSAGE_STATUSES, ORDER_STATUSES, RECEIPT_STATUSES } from '../../shared/statuses.ts';
import { ALERT_KINDS } from '../../server/store/rows.ts';

type Order = Parameters<typeof headline>[0];
const now = new Date('2026-11-26T12:00:00Z');
const mail = (status: Order['messages'][number]['status']): Order['messages'][number] => ({
  ...{
    messageId: 'm',
    kind: 'key',
    recipient: 'ada@example.test',
    status,
    attempts: 1,
    lastCode: null,
    lastError: 'mailbox full',
  },
  ...{ createdAt: '2026-11-26T11:00:00.000Z', acceptedAt: '2026-11-26T11:00:01.000Z' },
});
const key = (keyId: number, status: Order['keys'][number]['status']): Order['keys'][number] => ({
  ...{ keyId, masked: `••••-000${keyId}`, sku: 'COURSE-A', status, assignedAt: '2026-11-26T11:00:00.000Z' },
});
const order = (about: Partial<Order>): Order => ({
  ...{
    orderId: 'amelia:13',
    status: 'fulfilled',
    reason: null,
    email: 'ada@example.test',
    name: 'Ada',
    coupon: null,
    sku: 'COURSE-A',
  },
  ...{
    quantity: 1,
    keysMasked: [],
    createdAt: '',
    site: '',
    source: 'amelia',
    rev: null,
    alternates: [],
    locale: null,
    item: null,
  },
  ...{
    units: 1,
    updatedAt: '',
    lines: [],
    keys: [key(1, 'assigned')],
    messages: [],
    suppressed: null,
    timeline: [],
  },
  ...about,
});

const said = (at: string) => localTime(new Date(at), now);

describe('what to tell the buyer', () => {
  test.each([
    ['accepted', /was mailed to ada@example\.test at .* took it.*spam folder/],
    ['delivered', /arrived/],
    ['queued', /on its way/],
    ['failed', /could not be sent: mailbox full/],
    ['unknown', /may have arrived/],
    ['bounced', /came back/],
    ['complained', /spam/],
    ['retrying', /tried again by itself/],
    ['withdrawn', /withdrawn/],
  ] as const)('of a mail that is %s', (status, words) => {
    expect(headline(order({ messages: [mail(status)] }), said)).toMatch(words);
  });

  test('a buyer whose keys are all revoked has none, whatever mail went out', () => {
    const words = headline(
      order({ keys: [key(1, 'revoked'), key(2, 'revoked')], messages: [mail('accepted')] }),
      said,
    );
    expect(words).toMatch(/Every key of this order was revoked/);
    expect(words).not.toMatch(/spam folder/);
  });

  test('of some revoked keys it says how many, and then what became of the mail', () => {
    const words = headline(
      order({ keys: [key(1, 'revoked'), key(2, 'assigned')], messages: [mail('accepted')] }),
      said,
    );
    expect(words).toMatch(/^1 of its 2 keys is revoked\. The key was mailed/);
  });

  test.each([
    ['waiting', null, /out of stock/],
    ['held', null, /not confirmed or not paid/],
    ['ignored', null, /No key was to be sent/],
    ['cancelled', null, /may have seen the key/],
    ['attention', 'unmapped', /which key this course sells/],
    ['attention', 'no_email', /no e-mail address/],
    ['attention', 'something new', /A person must look/],
  ] as const)('of an order that is %s (%s)', (status, reason, words) => {
    expect(headline(order({ status, reason }), said)).toMatch(words);
  });
});

describe('words for people', () => {
  test('every status has a tone that somebody chose, and what sounds like a program has another word', () => {
    const words = [...ORDER_STATUSES, ...RECEIPT_STATUSES, ...MESSAGE_STATUSES, ...KEY_STATUSES];
    const calm = new Set(words.filter((word) => toneOf(word) === 'calm'));
    expect([...calm].sort()).toEqual(['available', 'cancelled', 'duplicate', 'ignored', 'withdrawn']);
    expect([wordOf('unknown'), wordOf('attention')]).toEqual(['may have arrived', 'needs a person']);
  });

  test('every kind of alert has words of its own', () => {
    const words = ALERT_KINDS.map(alertWords);
    expect(words.filter((word) => word === undefined || word.includes('_'))).toEqual([]);
    expect(new Set(words).size).toBe(words.length);
  });

  test('an act names the keys that it was about, by their last characters', () => {
    const keys = [key(1, 'revoked'), key(2, 'assigned')];
    expect(keysOfEntry({ refs: { keys: [2], revoked: [1] } }, keys)).toEqual(['••••-0001', '••••-0002']);
    expect(keysOfEntry({ refs: { revealed: 2 } }, keys)).toEqual(['••••-0002']);
    expect(keysOfEntry({ refs: { message: 'm' } }, keys)).toEqual([]);
  });

  test('a time is short while it is clear: of today, of this year, of another', () => {
    const of = (at: Date) => localTime(at, now);
    expect(of(new Date(now.getTime() - 1000))).toMatch(/^\d\d:\d\d:\d\d/);
    expect(of(new Date('2026-03-01T12:00:00Z'))).not.toMatch(/2026/);
    expect(of(new Date('2025-03-01T12:00:00Z'))).toMatch(/2025/);
    // As a clock of twelve hours says it: a time without its half of the day is another time.
    expect(of(new Date('2026-03-01T15:04:05'))).toMatch(/, (15:04|0?3:04\s?PM)$/);
  });
});

describe('a day as moments', () => {
  test('is the reader’s own, or that of UTC, and whole', () => {
    expect(dayBounds('2026-03-29', true)).toEqual({
      begins: '2026-03-29T00:00:00.000Z',
      ends: '2026-03-30T00:00:00.000Z',
    });
    const own = dayBounds('2026-03-29', false);
    expect(new Date(own?.begins ?? 0).toDateString()).toBe('Sun Mar 29 2026');
    expect(new Date(own?.ends ?? 0).toDateString()).toBe('Mon Mar 30 2026');
    for (const none of ['', '2026-13-01', '0002-01-01', 'today'])
      expect([dayBounds(none, true), dayBounds(none, false)]).toEqual([null, null]);
  });
});

describe('stock', () => {
  const line = (about: Partial<Parameters<typeof standing>[0]>) => ({
    ...{
      sku: 'A',
      name: 'A',
      available: 50,
      assigned: 9,
      held: 0,
      revoked: 0,
      waiting: 0,
      perDay: 1,
      runsOutAt: null,
    },
    ...about,
  });

  test('what buyers wait for is worst, then what is sold out, low, and well', () => {
    const ranks = [
      line({ available: 0, waiting: 2 }),
      line({ available: 0 }),
      line({ available: 0, assigned: 0 }),
    ].map((one) => standing(one, 10).rank);
    expect(ranks).toEqual([0, 1, 2]);
    expect([51, 50, null].map((alarm) => standing(line({}), alarm).status)).toEqual(['warn', 'ok', 'ok']);
  });

  test.each([
    [0, 'None sold lately'],
    [0.1, 'one in 10 days'],
    [6 / 7, 'about one a day'],
    [2.5, '2.5 a day'],
    [1240.4, '1,240 a day'],
  ])('a pace of %d is said as %s', (perDay, words) => {
    expect(paceWords({ perDay })).toBe(words);
  });

  test('the curve falls to nothing on the day that it is gone, and is level while none is sold', () => {
    expect(forecastCurve({ available: 35, perDay: 10, alarm: 7 })).toEqual({
      days: 7,
      points: [
        [0, 1],
        [0.5, 0],
        [1, 0],
      ],
      alarm: 0.2,
    });
    expect(forecastCurve({ available: 40, perDay: 0, alarm: null })).toEqual({
      days: 30,
      points: [
        [0, 1],
        [1, 1],
      ],
      alarm: null,
    });
    expect(
      forecastCurve({ available: 0, perDay: 3, alarm: null }).points.every(([, level]) => level === 0),
    ).toBe(true);
  });
});
