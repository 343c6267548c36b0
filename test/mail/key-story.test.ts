import { describe, expect, test } from 'vitest';
import { keyStory } from '../../server/mail/key-story.ts';
import type { KeyRow, MessageRow } from '../../server/store/rows.ts';

type Mail = Pick<MessageRow, 'id' | 'kind' | 'recipient' | 'status' | 'acceptedAt'>;

const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour));
const message = { id: 'new', recipient: 'ann@buyer.example' };

function key(licenseKey: string, status: KeyRow['status'], hour: number | null): KeyRow {
  return {
    id: 1,
    licenseKey,
    status,
    productSku: 'AID',
    assignedToEmail: null,
    assignedOrderId: 'amelia:1',
    assignedCouponCode: null,
    assignedAt: hour === null ? null : at(hour),
  };
}
const sent = (hour: number | null, about: Partial<Mail> = {}): Mail => ({
  id: `sent at ${hour}`,
  kind: 'key',
  recipient: 'ann@buyer.example',
  status: 'accepted',
  acceptedAt: hour === null ? null : at(hour),
  ...about,
});

describe('a key mail', () => {
  const given = [key('KEY-0001', 'assigned', 10)];

  test('is the first when none was accepted before', () => {
    const first = { copy: false, formerKeys: [] };
    expect(keyStory({ message, keys: given, messages: [] })).toEqual(first);
    expect(keyStory({ message, keys: given, messages: [sent(null, { status: 'failed' })] })).toEqual(first);
  });

  test('is a copy when the same keys reached the same address', () => {
    for (const mail of [
      sent(10),
      sent(11),
      sent(11, { status: 'delivered', recipient: 'Ann@Buyer.example' }),
    ])
      expect(keyStory({ message, keys: given, messages: [mail] })).toMatchObject({ copy: true });
  });

  test.each<[string, Mail]>([
    ['a mail that came back', sent(11, { status: 'bounced' })],
    ['a mail to a mistyped address', sent(11, { recipient: 'anm@buyer.example' })],
    ['a notice that the key is on its way', sent(11, { kind: 'key_waiting' })],
    ['itself, when it is sent again', sent(11, { id: 'new' })],
  ])('is no copy of %s', (_what, mail) => {
    expect(keyStory({ message, keys: given, messages: [mail] })).toMatchObject({ copy: false });
  });

  test('replaces keys that were taken back, and names them by their ends', () => {
    const keys = [key('OLD-A1B2', 'revoked', 9), key('NEW-C3D4', 'assigned', 12)];
    expect(keyStory({ message, keys, messages: [sent(9), sent(11)] })).toEqual({
      copy: false,
      formerKeys: ['••••-A1B2'],
    });
  });

  test('sent again after a replacement is a copy that still names the former keys', () => {
    const keys = [key('OLD-A1B2', 'revoked', 9), key('NEW-C3D4', 'assigned', 12)];
    expect(keyStory({ message, keys, messages: [sent(9), sent(12)] })).toEqual({
      copy: true,
      formerKeys: ['••••-A1B2'],
    });
  });

  test('does not name a key that was only on hold, or that the buyer still has', () => {
    const keys = [
      key('HELD-A1B2', 'revoked', null),
      key('KEPT-C3D4', 'assigned', 9),
      key('NEW-E5F6', 'assigned', 12),
    ];
    expect(keyStory({ message, keys, messages: [sent(9)] })).toEqual({ copy: false, formerKeys: [] });
  });
});
