import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { iconOf, whatHappened, whoDid } from '../../console/orders/timeline-words.ts';
import { MAIL_EVENT_KINDS, MAIL_PROVIDERS } from '../../server/store/rows.ts';
import { MESSAGE_STATUSES, ORDER_STATUSES, RECEIPT_STATUSES } from '../../shared/statuses.ts';

const root = join(import.meta.dirname, '../..');

/** What the server's sources say; what takes words of the trail and makes none is left out. */
function source(): { file: string; line: string }[] {
  return readdirTs()
    .filter((file) => !/^server\/(faults|rpc)\/|^server\/(log|staff\/rights)\.ts$/.test(file))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .map((line) => ({ file, line })),
    );
}

function readdirTs(): string[] {
  const names = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `server/${name.replaceAll('\\', '/')}`);
}

/** Actions as they stand where an act is made: `action: '…'`, `act('…'`, `acts('…'`, and both branches of a choice. */
function writtenActions(): string[] {
  const words = source()
    .filter(({ line }) => /\baction(:| =)|\bacts?\('/.test(line) && !/\.option\(|===/.test(line))
    .flatMap(({ line }) => [...line.matchAll(/'((?:order|mail|key|hold|drift|alert)\.[a-z_]+)'/g)])
    .map(([, word]) => word ?? '');
  return [...new Set(words)].toSorted();
}

const audit = (what: string) => ({
  ...{ at: '2026-06-01T10:00:00.000Z', kind: 'audit' as const, who: 'system', whoName: null, what },
  ...{ from: null, to: null, why: '', id: null, emailAt: null, couponAt: null, refs: {} },
});

/** Actions that the server puts together of a word and a status. */
const composed = [
  ...ORDER_STATUSES.map((status) => `order.${status}`),
  ...MAIL_EVENT_KINDS.map((kind) => `mail.${kind}`),
  // What a try ends as (server/mail/settlement.ts).
  ...(['accepted', 'withdrawn', 'failed', 'unknown', 'retrying'] as const).map((status) => `mail.${status}`),
];

describe('what happened to an order', () => {
  it('the sources are read: the actions that everybody knows are found in them', () => {
    expect(writtenActions()).toEqual(
      expect.arrayContaining([
        ...['order.stopped', 'order.keys_added', 'order.key_replaced', 'order.resent', 'order.passed_over'],
        ...['order.resent_to_new_address', 'order.address_corrected', 'order.key_revoked', 'hold.lapsed'],
        ...['mail.allowed', 'mail.requeued', 'key.revealed', 'drift.unknown', 'drift.known'],
        ...['alert.settled', 'alert.reopened'],
      ]),
    );
  });

  it.each([...new Set([...writtenActions(), ...composed])])('has words for the action %s', (action) => {
    expect(whatHappened(audit(action))).toMatch(/^[A-Z][^_.]+$/);
  });

  it('shows an action that it does not know as the trail has it, rather than nothing', () => {
    expect(whatHappened(audit('order.something_new'))).toBe('order.something_new');
    expect(iconOf(audit('order.something_new'))).toBe('person');
  });

  it('no two actions have the same words, but for a key that was revoked', () => {
    const words = [...new Set([...writtenActions(), ...composed])]
      .filter((action) => action !== 'key.revoked')
      .map((action) => whatHappened(audit(action)));
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
  });

  it.each(RECEIPT_STATUSES.filter((status) => status !== 'spooled'))(
    'has words for a delivery: %s',
    (what) => {
      expect(whatHappened({ ...audit(what), kind: 'delivery' })).not.toContain('Delivery:');
    },
  );

  it('tells a delivery that was read again from one that came in', () => {
    const delivery = { ...audit('fulfilled'), kind: 'delivery' as const };
    expect(whatHappened(delivery)).toBe('Booking came in');
    expect(whatHappened({ ...delivery, refs: { replayOf: 'd1' } })).toBe('Delivery read again: fulfilled');
    expect(iconOf(delivery)).toBe('delivery');
  });

  it.each(MESSAGE_STATUSES)('has words for a mail: %s', (what) => {
    expect(whatHappened({ ...audit(what), kind: 'message' })).toMatch(/^Mail /);
    expect(iconOf({ kind: 'message', what })).toBe('mail');
  });

  test.each(['mail.failed', 'mail.bounced', 'mail.complained', 'mail.unknown', 'order.attention'])(
    '%s has the sign of trouble',
    (what) => expect(iconOf(audit(what))).toBe('trouble'),
  );
});

describe('who did it', () => {
  const actors = [
    ...new Set(
      source()
        // What products, staff and stock went through stands on no order.
        .filter(({ file }) => !/^server\/(products|staff|store)\//.test(file))
        .flatMap(({ line }) => [...line.matchAll(/\b(?:actor|by): '([a-z]+)'|\bBUYER = '([a-z]+)'/g)])
        .map(([, actor, buyer]) => actor ?? buyer ?? ''),
    ),
  ];

  it('the sources are read: the actors that everybody knows are found in them', () => {
    expect(actors).toEqual(
      expect.arrayContaining(['webhook', 'restock', 'mail', 'cli', 'buyer', 'job', 'reconcile']),
    );
  });

  it.each([...actors, ...MAIL_PROVIDERS.map((provider) => `mail:${provider}`), 'amelia', 'bookly'])(
    'has words for %s',
    (who) => expect(whoDid({ who, whoName: null })).toMatch(/^(by|from|on|told|asked) /),
  );

  it('a member of staff is called by name, whatever the trail has', () => {
    expect(whoDid({ who: 'staff:2', whoName: 'Grace' })).toBe('Grace');
    expect(whoDid({ who: 'staff:2', whoName: null })).toBe('staff:2');
  });
});
