import { describe, expect, test } from 'vitest';
import { fixesOf } from '../../server/alerts/fixes.ts';
import { deliveryOfAlert, isOver, type AlertNow } from '../../server/alerts/is-over.ts';
import { isTroubleOver } from '../../server/mail/trouble-over.ts';
import type { AlertKind, AlertRow, KeyRow, MessageRow, OrderRow } from '../../server/store/rows.ts';

const AT = new Date('2026-11-23T08:00:00Z');
const DELIVERY = '0193a8f2-0000-7000-8000-000000000001';
const minutes = (count: number) => new Date(AT.getTime() + count * 60_000);

const alert = (kind: AlertKind, about: Partial<AlertRow> = {}): AlertRow => ({
  ...{ id: 1, kind, orderId: 'amelia:13', sku: null, detail: 'd', createdAt: AT },
  ...{ messageId: null, settledAt: null, settledBy: null },
  ...about,
});

const order = (about: Partial<OrderRow> = {}): OrderRow => ({
  ...{ id: 7, site: '', source: 'amelia', externalId: '13', status: 'fulfilled', reason: null, rev: null },
  ...{ email: 'ada@example.test', name: null, coupon: null, locale: null, units: 1 },
  ...{ stopped: false, calledOff: false, granted: false },
  ...{ itemKind: 'service', itemId: '4', itemName: null, firstDeliveryId: 'f', lastDeliveryId: 'l' },
  ...{ createdAt: AT, updatedAt: AT },
  ...about,
});

const mail = (status: MessageRow['status'], about: Partial<MessageRow> = {}): MessageRow => ({
  ...{ id: 'm', kind: 'key', orderId: 7, recipient: 'Ada@example.test', priority: 1, status, attempts: 1 },
  ...{ createdAt: minutes(-5), dueAt: null, leaseToken: null, lastCode: null, lastError: null },
  acceptedAt: null,
  ...about,
});

const key: KeyRow = {
  ...{ id: 3, licenseKey: 'ABCD-EFGH-1234', status: 'assigned', productSku: 'A' },
  ...{ assignedToEmail: null, assignedOrderId: 'amelia:13', assignedCouponCode: null, assignedAt: AT },
};

const now = (about: Partial<AlertNow> = {}): AlertNow => ({
  ...{ order: order(), keys: [], mails: [], hasArrived: false, isHeard: false },
  ...about,
});

describe('an alert is over', () => {
  test.each<[string, AlertRow, AlertNow, boolean]>([
    ['attention: the order moved on', alert('attention'), now(), true],
    ['attention: it stands there', alert('attention'), now({ order: order({ status: 'attention' }) }), false],
    ['attention: no such order', alert('attention'), now({ order: null }), false],
    ['out of stock: served', alert('out_of_stock'), now(), true],
    ['out of stock: waits', alert('out_of_stock'), now({ order: order({ status: 'waiting' }) }), false],
    ['conflict: never by itself', alert('conflict'), now({ order: order({ status: 'cancelled' }) }), false],
    ['cancelled with its key', alert('cancelled_seen'), cancelled([key]), false],
    ['cancelled, its key revoked', alert('cancelled_seen'), cancelled([]), true],
    ['cancelled, set going again', alert('cancelled_seen'), now({ keys: [key] }), true],
    ['unknown: stands', alert('unknown_order'), now({ keys: [key] }), false],
    ['unknown: cancelled and nothing left', alert('unknown_order'), cancelled([]), true],
    ['unreadable: stands', unreadable(), now(), false],
    ['unreadable: read again', unreadable(), now({ order: order({ lastDeliveryId: DELIVERY }) }), true],
    [
      'unreadable: read again, and not decided',
      unreadable(),
      now({ order: order({ lastDeliveryId: DELIVERY, status: 'attention' }) }),
      false,
    ],
    ['lacking: has come', alert('lacking_booking'), now({ order: null, hasArrived: true }), true],
    ['lacking: has not', alert('lacking_booking'), now({ order: null }), false],
    ['silent: heard', alert('silent_site', { orderId: null }), now({ order: null, isHeard: true }), true],
    ['silent: not heard', alert('silent_site', { orderId: null }), now({ order: null }), false],
    ['a mail of no order', alert('mail_failed', { orderId: null }), now({ order: null }), false],
    ['a mail that failed', alert('mail_failed'), now({ mails: [mail('failed')] }), false],
  ])('%s', (_name, given, facts, over) => {
    expect(isOver(given, facts)).toBe(over);
  });

  function cancelled(keys: KeyRow[]): AlertNow {
    return now({ order: order({ status: 'cancelled' }), keys });
  }

  function unreadable(): AlertRow {
    return alert('unreadable', { detail: `delivery ${DELIVERY}: the delivery could not be read: x` });
  }
});

describe('trouble with a mail is over', () => {
  const failed = alert('mail_failed');
  const bounced = alert('mail_bounced');
  const later = { id: 'n', createdAt: minutes(1) };

  test.each<[string, AlertRow, OrderRow | null, MessageRow[], boolean]>([
    ['not without its order', failed, null, [mail('delivered')], false],
    ['when the order is cancelled', bounced, order({ status: 'cancelled' }), [mail('bounced')], true],
    ['when a later one is under way', bounced, order(), [mail('bounced'), mail('queued', later)], true],
    ['not when the later one failed too', bounced, order(), [mail('bounced'), mail('failed', later)], false],
    [
      'not when the later one went to a former address',
      bounced,
      order({ email: 'new@example.test' }),
      [mail('bounced'), mail('accepted', later)],
      false,
    ],
    [
      'not by a notice that the key is on its way',
      failed,
      order(),
      [mail('failed'), mail('accepted', { ...later, kind: 'key_waiting' })],
      false,
    ],
    [
      'by such a notice while the order waits',
      failed,
      order({ status: 'waiting' }),
      [mail('failed', { kind: 'key_waiting' }), mail('accepted', { ...later, kind: 'key_waiting' })],
      true,
    ],
    [
      'not by a mail of another order',
      failed,
      order(),
      [mail('failed'), mail('queued', { ...later, orderId: 8 })],
      false,
    ],
    ['when staff queued the same mail again', failed, order(), [mail('queued')], true],
    ['when the same mail arrived after all', failed, order(), [mail('delivered')], true],
    ['not while it is tried again', failed, order(), [mail('retrying')], false],
    [
      'not by an older copy that arrived',
      failed,
      order(),
      [mail('delivered', { createdAt: minutes(-9) }), mail('failed')],
      false,
    ],
    [
      'not of a bounce, by an earlier copy',
      bounced,
      order(),
      [mail('bounced', { createdAt: minutes(-9) }), mail('accepted')],
      false,
    ],
  ])('%s', (_name, given, holder, mails, over) => {
    expect(isTroubleOver(given, holder, mails)).toBe(over);
  });
});

describe('what a person can do about it', () => {
  const kinds = (given: AlertRow, facts: AlertNow) => fixesOf(given, facts).map((fix) => fix.do);

  test('a course without a product is mapped, and what else is in attention is read again', () => {
    const unmapped = now({ order: order({ status: 'attention', reason: 'unmapped' }) });
    expect(fixesOf(alert('attention'), unmapped)[0]).toEqual({
      do: 'map',
      item: { site: '', source: 'amelia', kind: 'service', itemId: '4' },
    });
    expect(kinds(alert('attention'), unmapped)).toEqual(['map', 'replay', 'settle']);
    const nobody = now({ order: order({ status: 'attention', reason: 'no_email', email: null }) });
    expect(kinds(alert('attention'), nobody)).toEqual(['correct-address', 'replay', 'settle']);
  });

  test('a mail that failed is tried again; to an address that takes none, another one is needed', () => {
    const failing = (lastCode: string) => now({ mails: [mail('failed', { lastCode })] });
    expect(kinds(alert('mail_failed'), failing('smtp_550'))).toEqual([
      'retry-mail',
      'correct-address',
      'settle',
    ]);
    expect(kinds(alert('mail_failed'), failing('suppressed'))).toEqual(['correct-address', 'settle']);
    expect(kinds(alert('mail_bounced'), now({ mails: [mail('bounced')] }))).toEqual([
      'correct-address',
      'settle',
    ]);
  });

  test('a key that stayed with a cancelled order is revoked, and shown by its last four characters', () => {
    const kept = now({ order: order({ status: 'cancelled' }), keys: [key] });
    expect(fixesOf(alert('cancelled_seen'), kept)).toEqual([
      { do: 'revoke-key', keyId: 3, masked: '••••-1234' },
      { do: 'settle' },
    ]);
  });

  test('a delivery is named by the alert of its kind alone', () => {
    const detail = `delivery ${DELIVERY}: the delivery could not be acted on (x)`;
    expect(deliveryOfAlert({ kind: 'unreadable', detail })).toBe(DELIVERY);
    expect(deliveryOfAlert({ kind: 'conflict', detail })).toBeNull();
    expect(deliveryOfAlert({ kind: 'unreadable', detail: 'delivery of something: x' })).toBeNull();
  });
});
