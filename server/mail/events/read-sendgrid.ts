import type { MailEventRow } from '../../store/rows.ts';
import type { Json, JsonObject } from '../../webhook/safe-json.ts';
import {
  boundedId,
  detailOf,
  readEach,
  readMessageId,
  replyCodes,
  textOf,
  timeOr,
  type ReadEvents,
} from './event-fields.ts';

type Told = Pick<MailEventRow, 'kind' | 'isHard' | 'detail'>;

/** Why SendGrid sent nothing at all, and will not to this address. Other reasons are about the one mail. */
const ADDRESS_DROPS = [
  'bounced address',
  'invalid',
  'spam reporting address',
  'unsubscribed address',
  'group unsubscribe',
];
const OTHER_DROPS = ['invalid smtpapi header', 'spam content', 'recipient list over package quota'];

/** SendGrid's own words for what a bounce was about. */
const CLASSES = [
  'Invalid Address',
  'Mailbox Unavailable',
  'Content',
  'Reputation',
  'Technical',
  'Frequency or Volume Too High',
  'Unclassified',
];

/** Pure. One post tells many events, in any order, and the same one more than once. `now` stands in for times that cannot be read. */
export function readSendgrid(json: Json, now: Date): ReadEvents {
  return readEach(json, (part) => readOne(part, now));
}

/** Our `message` was a unique argument of the mail; SendGrid puts these among its own fields. */
function readOne(part: JsonObject, now: Date): MailEventRow | null {
  const messageId = readMessageId(part.message);
  const told = messageId === null ? null : tell(part);
  if (messageId === null || told === null) return null;
  const { timestamp } = part;
  const seconds = typeof timestamp === 'number' ? timestamp : Number.parseInt(textOf(timestamp), 10);
  const at = timeOr(now, seconds * 1000);
  const id = textOf(part.sg_event_id);
  const facts = [messageId, textOf(part.event), at.getTime(), textOf(part.type)].join(':');
  return { provider: 'sendgrid', eventId: boundedId(id || facts), messageId, at, ...told };
}

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
function tell(part: JsonObject): Told | null {
  switch (textOf(part.event)) {
    case 'delivered':
      return { kind: 'delivered', isHard: false, detail: '' };
    case 'bounce':
      return { kind: 'bounced', ...bounce(part) };
    case 'dropped':
      return { kind: 'bounced', ...drop(textOf(part.reason).toLowerCase()) };
    case 'spamreport':
      return { kind: 'complained', isHard: false, detail: 'spamreport' };
    // `processed` and `deferred` say that it is under way; the rest is what people do with a mail that arrived.
    default:
      return null;
  }
}

/** `blocked` and `expired` are about this mail; after a `bounce` SendGrid drops every mail to the address. */
function bounce(part: JsonObject): Omit<Told, 'kind'> {
  const type = ['bounce', 'blocked', 'expired'].find((word) => word === part.type);
  const about = CLASSES.find((word) => word === part.bounce_classification) ?? '';
  const codes = replyCodes(`${textOf(part.reason).slice(0, 500)} ${textOf(part.status)}`);
  return { isHard: type === 'bounce', detail: detailOf(codes, type ?? 'bounce of an unknown type', about) };
}

function drop(reason: string): Omit<Told, 'kind'> {
  const word = [...ADDRESS_DROPS, ...OTHER_DROPS].find((known) => known === reason);
  return {
    isHard: ADDRESS_DROPS.includes(reason),
    detail: detailOf('dropped', word ?? 'for an unknown reason'),
  };
}
