import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedId, replyCodes } from '../../server/mail/events/event-fields.ts';
import { judge, keepWorse } from '../../server/mail/events/judge.ts';
import { readPostmark } from '../../server/mail/events/read-postmark.ts';
import { readSendgrid } from '../../server/mail/events/read-sendgrid.ts';
import { MESSAGE_STATUSES } from '../../shared/statuses.ts';
import { parseJson, type Json } from '../../server/webhook/safe-json.ts';
import type { MailEventRow, MessageRow, SuppressionRow } from '../../server/store/rows.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const MESSAGE = '019ab000-0000-7000-8000-00000000000a';

const bounce = (differs: Record<string, Json> = {}) => ({
  RecordType: 'Bounce',
  ID: 42,
  Type: 'HardBounce',
  TypeCode: 1,
  MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
  Metadata: { message: MESSAGE },
  Email: 'ann@buyer.example',
  Details: 'smtp;550 5.1.1 The account ann@buyer.example does not exist.',
  BouncedAt: '2026-11-23T07:59:01.2735393-00:00',
  Inactive: true,
  ...differs,
});
const sent = (differs: Record<string, Json> = {}) => ({
  email: 'ann@buyer.example',
  timestamp: 1_795_420_741,
  event: 'bounce',
  type: 'bounce',
  sg_event_id: 'Ym91bmNlLTAtMTY4NDUzNDM',
  sg_message_id: 'IWe-stDXSP.filterdrecv-0',
  reason: '550 5.1.1 <ann@buyer.example>: user unknown',
  status: '5.1.1',
  message: MESSAGE,
  ...differs,
});

describe('what Postmark tells', () => {
  it('a hard bounce, with the codes of the far server and nothing of its words', () => {
    expect(readPostmark(bounce(), NOW)).toEqual({
      events: [
        {
          provider: 'postmark',
          eventId: 'Bounce:42:HardBounce',
          messageId: MESSAGE,
          kind: 'bounced',
          isHard: true,
          at: new Date('2026-11-23T07:59:01.273Z'),
          detail: '550 5.1.1, HardBounce',
        },
      ],
      passedOver: 0,
    });
  });

  it('a delivery, once for each mail of theirs', () => {
    const delivery = {
      RecordType: 'Delivery',
      MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
      Recipient: 'ann@buyer.example',
      DeliveredAt: '2026-11-23T07:58:00Z',
      Details: 'Test',
      Metadata: { message: MESSAGE },
    };
    expect(readPostmark(delivery, NOW).events).toMatchObject([
      { kind: 'delivered', eventId: 'delivery:883953f4-6105-42a2-a16a-77a8eac79483', detail: '' },
    ]);
  });

  it.each([
    ['HardBounce', false, 'bounced', true],
    ['BadEmailAddress', false, 'bounced', true],
    ['ManuallyDeactivated', true, 'bounced', true],
    ['SoftBounce', false, 'bounced', false],
    ['SoftBounce', true, 'bounced', true],
    ['Blocked', false, 'bounced', false],
    ['DnsError', false, 'bounced', false],
    ['SpamNotification', false, 'bounced', false],
    ['SMTPApiError', true, 'bounced', true],
    ['SpamComplaint', true, 'complained', false],
    ['SomethingNew', false, 'bounced', false],
    ['__proto__', false, 'bounced', false],
    ['constructor', false, 'bounced', false],
  ])('a bounce of type %s, inactive %s, is %s, hard: %s', (Type, Inactive, kind, isHard) => {
    expect(readPostmark(bounce({ Type, Inactive }), NOW).events).toMatchObject([{ kind, isHard }]);
  });

  it.each(['Transient', 'AutoResponder', 'AddressChange', 'OpenRelayTest', 'Subscribe', 'Unsubscribe'])(
    'a bounce of type %s says nothing of the mail',
    (Type) => {
      expect(readPostmark(bounce({ Type, Inactive: false }), NOW)).toEqual({ events: [], passedOver: 1 });
    },
  );

  it('a complaint is one whatever its type says; opens, clicks and changed subscriptions are none', () => {
    expect(readPostmark(bounce({ RecordType: 'SpamComplaint' }), NOW).events).toMatchObject([
      { kind: 'complained', eventId: 'SpamComplaint:42:HardBounce', detail: '550 5.1.1, SpamComplaint' },
    ]);
    for (const RecordType of ['Open', 'Click', 'SubscriptionChange', 'Inbound', '', 7])
      expect(readPostmark(bounce({ RecordType }), NOW).events).toEqual([]);
  });

  it('a soft bounce that turns out to be a hard one is another event', () => {
    const ids = ['SoftBounce', 'HardBounce'].map(
      (Type) => readPostmark(bounce({ Type }), NOW).events[0]?.eventId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['Message', MESSAGE],
    ['MESSAGE', MESSAGE.toUpperCase()],
    ['message', ` ${MESSAGE} `],
  ])('finds our id under %s', (name, id) => {
    expect(readPostmark(bounce({ Metadata: { other: 'x', [name]: id } }), NOW).events).toMatchObject([
      { messageId: MESSAGE },
    ]);
  });

  it.each<Json>([
    null,
    'text',
    [],
    {},
    { message: 7 },
    { message: 'ann@buyer.example' },
    { message: [MESSAGE] },
  ])('metadata %j is another system’s mail', (Metadata) => {
    expect(readPostmark(bounce({ Metadata }), NOW)).toEqual({ events: [], passedOver: 1 });
  });
});

describe('what SendGrid tells', () => {
  it('a mixed array: what is news of our mails, in one look', () => {
    const other = randomUUID();
    const read = readSendgrid(
      [
        sent({ event: 'processed', sg_event_id: 'a' }),
        sent({ event: 'deferred', sg_event_id: 'b', response: '450 4.2.1 later' }),
        sent({ event: 'delivered', sg_event_id: 'c', message: other }),
        sent(),
        sent({ event: 'spamreport', sg_event_id: 'd' }),
        sent({ event: 'open', sg_event_id: 'e' }),
        sent({ event: 'click', sg_event_id: 'f' }),
        sent({ event: 'unsubscribe', sg_event_id: 'g' }),
        sent({ event: 'group_unsubscribe', sg_event_id: 'h' }),
        'text',
        null,
        [sent()],
      ],
      NOW,
    );
    expect(read.events.map(({ eventId, kind }) => [eventId, kind])).toEqual([
      ['c', 'delivered'],
      ['Ym91bmNlLTAtMTY4NDUzNDM', 'bounced'],
      ['d', 'complained'],
    ]);
    expect(read.passedOver).toBe(9);
    expect(read.events[1]).toMatchObject({
      isHard: true,
      at: new Date(1_795_420_741_000),
      detail: '550 5.1.1, bounce',
    });
  });

  it.each([
    [{ type: 'bounce' }, true, '550 5.1.1, bounce'],
    [
      { type: 'bounce', bounce_classification: 'Invalid Address' },
      true,
      '550 5.1.1, bounce, Invalid Address',
    ],
    [{ type: 'bounce', bounce_classification: 'ann@buyer.example' }, true, '550 5.1.1, bounce'],
    [
      { type: 'blocked', reason: '554 5.7.1 Service; host [192.0.2.66] blocked' },
      false,
      '554 5.7.1, blocked',
    ],
    [{ type: 'expired', reason: 'unable to get mx info', status: '' }, false, 'expired'],
    [{ type: 'ann@buyer.example', reason: '' }, false, '5.1.1, bounce of an unknown type'],
    [{ event: 'dropped', reason: 'Bounced Address' }, true, 'dropped, bounced address'],
    [{ event: 'dropped', reason: 'Spam Reporting Address' }, true, 'dropped, spam reporting address'],
    [{ event: 'dropped', reason: 'Invalid' }, true, 'dropped, invalid'],
    [{ event: 'dropped', reason: 'Spam Content' }, false, 'dropped, spam content'],
    [{ event: 'dropped', reason: 'because of ann@buyer.example' }, false, 'dropped, for an unknown reason'],
  ])('%j: hard %s, "%s"', (differs, isHard, detail) => {
    expect(readSendgrid([sent(differs)], NOW).events).toMatchObject([{ kind: 'bounced', isHard, detail }]);
  });

  it('an event without an id is known by its facts', () => {
    const [one, again, later] = [sent(), sent(), sent({ timestamp: 1_795_420_742 })].map(
      (event) => readSendgrid([{ ...event, sg_event_id: null }], NOW).events[0]?.eventId,
    );
    expect(one).toBe(again);
    expect(one).not.toBe(later);
  });

  it.each<Json>([null, 'x', -5, 1e300, '1795420741', 9e12])(
    'the time %j is one that can be true',
    (timestamp) => {
      const at = readSendgrid([sent({ timestamp })], NOW).events[0]?.at.getTime() ?? Number.NaN;
      expect(at).toBeGreaterThan(0);
      expect(at).toBeLessThanOrEqual(NOW.getTime() + 24 * 3_600_000);
    },
  );
});

describe('texts of strangers', () => {
  it.each([
    ['smtp;550 5.1.1 no such user', '550 5.1.1'],
    ['550-5.1.1 The email account', '550 5.1.1'],
    ['452 4.2.2 mailbox full', '452 4.2.2'],
    ['host 10.550.5.1 said: no', ''],
    ['550', '550'],
    ['the code 5.66.7.8 is an address', ''],
    ['KEY-550-ABCD and 5501', ''],
    ['', ''],
  ])('of %j only the codes %j are taken', (text, codes) => {
    expect(replyCodes(text)).toBe(codes);
  });

  it('an id that is too long or not plain is hashed', () => {
    expect(boundedId('a'.repeat(191))).toBe('a'.repeat(191));
    for (const text of ['a'.repeat(192), 'with space', 'ü', 'nul\0'])
      expect(boundedId(text)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('whatever parses is read without a throw, into rows that fit their columns', () => {
    const words = [
      ...[
        'RecordType',
        'ID',
        'Type',
        'MessageID',
        'Metadata',
        'Details',
        'Inactive',
        'BouncedAt',
        'DeliveredAt',
      ],
      ...[
        'event',
        'type',
        'reason',
        'status',
        'bounce_classification',
        'sg_event_id',
        'timestamp',
        'message',
      ],
    ];
    const leaf = fc.oneof(
      fc.constantFrom(
        'Bounce',
        'bounce',
        'dropped',
        'delivered',
        'Delivery',
        'HardBounce',
        MESSAGE,
        '__proto__',
      ),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), tie('tree'), {
          maxKeys: 8,
        }),
      ),
    }));
    fc.assert(
      fc.property(fc.oneof(fc.constant(bounce()), fc.constant(sent())), tree, (base, odd) => {
        const merged = typeof odd === 'object' && odd !== null ? { ...base, ...odd } : [base, odd];
        const kinds = ['delivered', 'dropped', 'bounce'].map((event) => ({ ...base, timestamp: odd, event }));
        const json = parseJson(
          JSON.stringify([
            merged,
            ...kinds,
            { ...base, Metadata: odd, message: odd },
            { ...base, ID: odd },
            odd,
          ]),
        );
        if (!json.ok) return;
        for (const read of [readPostmark(json.value, NOW), readSendgrid(json.value, NOW)])
          for (const { eventId, messageId, detail, at } of read.events) {
            expect(eventId.length).toBeLessThanOrEqual(191);
            expect(messageId).toBe(MESSAGE);
            expect(detail.length).toBeLessThan(100);
            expect(Number.isFinite(at.getTime())).toBe(true);
          }
      }),
      { numRuns: 500 },
    );
  });
});

/** The order's, in other letters than its mail was sent to. */
const EMAIL = 'ann@buyer.example';
const message = (differs: Partial<MessageRow> = {}): MessageRow => ({
  id: MESSAGE,
  kind: 'key',
  orderId: 7,
  recipient: 'Ann@Buyer.example',
  priority: 1,
  createdAt: new Date('2026-11-23T07:00:00Z'),
  status: 'accepted',
  attempts: 1,
  dueAt: null,
  leaseToken: null,
  lastCode: 'accepted',
  lastError: null,
  acceptedAt: new Date('2026-11-23T07:00:01Z'),
  ...differs,
});
const row = (kind: MailEventRow['kind'], isHard: boolean, minute: number): MailEventRow => ({
  provider: 'sendgrid',
  eventId: `${kind}-${isHard}-${minute}`,
  messageId: MESSAGE,
  kind,
  isHard,
  at: new Date(Date.UTC(2026, 10, 23, 7, minute)),
  detail: `${kind} ${isHard}`,
});
const ALL = [
  row('delivered', false, 5),
  row('delivered', false, 6),
  row('bounced', false, 7),
  row('bounced', true, 8),
  row('complained', false, 9),
];

/** Tells the events in parts, and gives what is true at the end. */
function tell(start: MessageRow, parts: MailEventRow[][]) {
  let now = start;
  let suppressed: SuppressionRow | undefined;
  const known: MailEventRow[] = [];
  const alerts: string[] = [];
  for (const fresh of parts) {
    const { settlement, suppression, alert } = judge(now, { email: EMAIL, known: [...known], fresh });
    known.push(...fresh);
    if (settlement) {
      const { status, lastCode, lastError, acceptedAt } = settlement;
      now = { ...now, status, lastCode, lastError, acceptedAt, dueAt: null };
    }
    if (suppression) suppressed = keepWorse(suppressed, suppression);
    if (alert) alerts.push(alert.kind);
  }
  return { state: { now, suppressed }, alerts };
}

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('the order in which events come', () => {
  const subsets = Array.from({ length: 2 ** ALL.length - 1 }, (_, bits) =>
    ALL.filter((_event, at) => ((bits + 1) >> at) & 1),
  );
  it('does not matter: every order, of every subset, told one by one or at once, ends in the same state', () => {
    for (const subset of subsets) {
      const { state } = tell(message(), [subset]);
      for (const order of permutations(subset))
        expect(
          tell(
            message(),
            order.map((event) => [event]),
          ).state,
        ).toEqual(state);
    }
  });

  it.each(MESSAGE_STATUSES.filter((status) => status !== 'sending'))('nor does it from %s', (status) => {
    for (const order of permutations(ALL).filter((_one, at) => at % 7 === 0)) {
      const { now, suppressed } = tell(
        message({ status }),
        order.map((event) => [event]),
      ).state;
      expect([now.status, suppressed?.reason]).toEqual(['complained', 'complained']);
    }
  });

  it('a person is told when it gets worse, and of nothing else', () => {
    const [delivered, , soft, hard, complaint] = ALL;
    const told = (...events: (MailEventRow | undefined)[]) =>
      tell(
        message(),
        events.flatMap((event) => (event ? [[event]] : [])),
      ).alerts;
    expect(told(delivered)).toEqual([]);
    expect(told(soft, hard, complaint)).toEqual(['mail_bounced', 'mail_bounced', 'mail_complained']);
    expect(told(complaint, hard, soft, delivered)).toEqual(['mail_complained']);
    expect(told(hard, delivered, soft, row('bounced', true, 30))).toEqual(['mail_bounced']);
  });
});

describe('what events change', () => {
  const one = (event: MailEventRow | undefined, differs: Partial<MessageRow> = {}, email = EMAIL) =>
    judge(message(differs), { email, known: [], fresh: event ? [event] : [] });
  const [delivered, , soft, hard, complaint] = ALL;

  it.each(['unknown', 'retrying', 'failed', 'withdrawn', 'accepted'] as const)(
    'a delivery ends %s: nothing is due any more',
    (status) => {
      expect(one(delivered, { status, acceptedAt: null, lastError: 'maybe' }).settlement).toEqual({
        ids: [MESSAGE],
        isTry: true,
        status: 'delivered',
        retryInMs: null,
        lastCode: 'delivered',
        lastError: null,
        acceptedAt: delivered?.at,
      });
    },
  );

  it('a mail is accepted no earlier than it was queued, whatever the provider’s clock says', () => {
    const createdAt = new Date('2026-11-23T07:30:00Z');
    expect(one(delivered, { createdAt, acceptedAt: null }).settlement?.acceptedAt).toEqual(createdAt);
  });

  it('a soft bounce stops this mail and no other', () => {
    const judged = one(soft);
    expect(judged).toMatchObject({ settlement: { status: 'bounced' }, suppression: null });
    expect(judged.alert?.detail).toBe(
      'The mail bounced (bounced false) and is not tried again; the address may be right.',
    );
  });

  it('a hard bounce and a complaint stop all mail to the address, lower-cased', () => {
    expect(one(hard).suppression).toMatchObject({ address: 'ann@buyer.example', reason: 'bounced' });
    expect(one(complaint).suppression).toMatchObject({ address: 'ann@buyer.example', reason: 'complained' });
  });

  it('a mail to the admin: its status moves, nothing is suppressed and no alert is raised', () => {
    for (const event of [soft, hard, complaint])
      expect(one(event, { kind: 'admin_urgent', orderId: null })).toMatchObject({
        settlement: { status: event?.kind },
        suppression: null,
        alert: null,
        news: { toStatus: event?.kind },
      });
  });

  it('at an address that its order has no more, everything is written down and nobody is told', () => {
    for (const event of [soft, hard, complaint]) {
      const judged = one(event, {}, 'right@buyer.example');
      expect(judged).toMatchObject({ alert: null, isOfFormerAddress: true, news: { toStatus: event?.kind } });
      expect({ ...judged, alert: one(event).alert, isOfFormerAddress: false }).toEqual(one(event));
    }
    expect(one(delivered, {}, 'right@buyer.example').isOfFormerAddress).toBe(false);
  });

  it('while a mail is being sent its row is its sender’s; the address is stopped at once', () => {
    const judged = one(hard, { status: 'sending', leaseToken: 'x' });
    expect(judged.settlement).toBeNull();
    expect(judged.suppression).not.toBeNull();
    expect(judged.alert?.kind).toBe('mail_bounced');
    expect(judged.news?.toStatus).toBe('bounced');
  });
});
