import { describe, expect, test } from 'vitest';
import type { MessageStatus } from '../../shared/statuses.ts';
import { orderText } from '../../server/cli/order-text.ts';
import type { OrderPage } from '../../server/orders/get-order.ts';

const AT = '2026-11-22T20:00:00.000Z';

function page(about: Partial<OrderPage>, mails: [kind: string, status: MessageStatus][] = []): OrderPage {
  return {
    orderId: 'amelia:13',
    status: 'fulfilled',
    reason: null,
    email: 'ann@buyer.example',
    name: 'Ann',
    coupon: null,
    sku: 'AID',
    quantity: 1,
    keysMasked: [],
    createdAt: AT,
    site: '',
    source: 'amelia',
    rev: null,
    alternates: [],
    locale: null,
    item: null,
    units: 1,
    updatedAt: AT,
    lines: [],
    keys: [],
    messages: mails.map(([kind, status], at) => ({
      messageId: `m${at}`,
      kind,
      recipient: 'ann@buyer.example',
      status,
      attempts: 1,
      lastCode: null,
      lastError: null,
      createdAt: `2026-11-22T20:0${at}:00.000Z`,
      acceptedAt: null,
    })),
    suppressed: null,
    timeline: [],
    ...about,
  };
}
const hint = (shown: OrderPage) => orderText({ isTerminal: false }, shown).split('\n\n').at(-1);

describe('the way out of an order whose mail did not arrive', () => {
  test.each<MessageStatus>(['failed', 'unknown', 'bounced'])('after %s is to send it again', (status) => {
    expect(hint(page({}, [['key', status]]))).toBe(
      'To send it again: npx keybank orders resend amelia:13 --reason TEXT [--email ADDRESS]',
    );
  });

  test.each<MessageStatus>(['bounced', 'complained'])(
    'after %s, with no mail going there, is another address',
    (status) => {
      const suppressed = { reason: 'bounced' as const, since: AT, detail: '' };
      expect(hint(page({ suppressed }, [['key', status]]))).toBe(
        'To send it to another address: npx keybank orders resend amelia:13 --reason TEXT --email ADDRESS',
      );
    },
  );

  test.each<MessageStatus>(['failed', 'unknown', 'bounced', 'complained'])(
    'while the order waits, and the notice of it %s, is a corrected address',
    (status) => {
      const mails: [string, MessageStatus][] = [['key_waiting', status]];
      expect(hint(page({ status: 'waiting' }, mails))).toBe(
        'To correct the address before the key comes: npx keybank orders resend amelia:13 --reason TEXT --email ADDRESS',
      );
      expect(hint(page({ status: 'waiting' }, [...mails, ['key_waiting', 'accepted']]))).not.toContain(
        'resend',
      );
    },
  );

  test('is not told when the last mail with the key went out, or nobody waits for one', () => {
    const fine: [string, MessageStatus][] = [
      ['key', 'bounced'],
      ['key', 'accepted'],
      ['key_waiting', 'failed'],
    ];
    expect(hint(page({}, fine))).not.toContain('resend');
    expect(hint(page({}))).not.toContain('resend');
  });
});

test('an address that no mail goes to is named as such, with the day and what the provider said', () => {
  const suppressed = { reason: 'complained' as const, since: AT, detail: 'SpamComplaint' };
  const shown = page({ suppressed }, [['key', 'failed']]);
  expect(orderText({ isTerminal: false }, shown)).toContain(
    'No mail        goes to this address: one was reported as spam on 2026-11-22 (SpamComplaint)',
  );
  expect(hint(shown)).toContain('--reason TEXT --email ADDRESS');
});
