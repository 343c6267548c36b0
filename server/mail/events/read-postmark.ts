import type { MailEventRow } from '../../store/rows.ts';
import { isObject, type Json, type JsonObject } from '../../webhook/safe-json.ts';
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

type Meaning = 'hard' | 'soft' | 'complained' | 'nothing';

/**
 * What Postmark's bounce types say of the mail. `nothing`: it is still under way, or arrived and was answered by a machine.
 * Each type without a line of its own is `soft`: a person looks. https://postmarkapp.com/developer/api/bounce-api#bounce-types
 */
const BOUNCE_TYPES: Readonly<Record<string, Meaning>> = {
  HardBounce: 'hard',
  BadEmailAddress: 'hard',
  ManuallyDeactivated: 'hard',
  SpamComplaint: 'complained',
  Transient: 'nothing',
  AutoResponder: 'nothing',
  AddressChange: 'nothing',
  Subscribe: 'nothing',
  Unsubscribe: 'nothing',
  OpenRelayTest: 'nothing',
  InboundError: 'nothing',
  SoftBounce: 'soft',
  Blocked: 'soft',
  // A mistyped domain looks like this, however temporary Postmark calls it.
  DnsError: 'soft',
  // The mail waits for an answer that nobody gives.
  ChallengeVerification: 'soft',
  DMARCPolicy: 'soft',
  SMTPApiError: 'soft',
  SpamNotification: 'soft',
  TemplateRenderingFailed: 'soft',
  Unconfirmed: 'soft',
  Unknown: 'soft',
  VirusNotification: 'soft',
};

/** Pure. One post tells one event, as an object. `now` stands in for times that cannot be read. */
export function readPostmark(json: Json, now: Date): ReadEvents {
  return readEach(json, (part) => readOne(part, now));
}

function readOne(part: JsonObject, now: Date): MailEventRow | null {
  const messageId = messageOf(part);
  if (messageId === null) return null;
  const recordType = textOf(part.RecordType);
  const time = (name: string) => timeOr(now, Date.parse(textOf(part[name])));
  const base = { provider: 'postmark' as const, messageId, isHard: false };
  if (recordType === 'Delivery') {
    const eventId = boundedId(`delivery:${textOf(part.MessageID) || messageId}`);
    return { ...base, eventId, kind: 'delivered', at: time('DeliveredAt'), detail: '' };
  }
  if (recordType !== 'Bounce' && recordType !== 'SpamComplaint') return null;
  const type = textOf(part.Type);
  const isKnown = Object.hasOwn(BOUNCE_TYPES, type);
  const meaning = recordType === 'SpamComplaint' ? 'complained' : isKnown ? BOUNCE_TYPES[type] : 'soft';
  if (meaning === undefined || meaning === 'nothing') return null;
  const at = time('BouncedAt');
  // A soft bounce may become a hard one under the same number.
  const number = typeof part.ID === 'number' || typeof part.ID === 'string' ? String(part.ID) : '';
  const eventId = boundedId(`${recordType}:${number || `${messageId}:${at.getTime()}`}:${type}`);
  const word = meaning === 'complained' ? 'SpamComplaint' : isKnown ? type : 'of an unknown type';
  return {
    ...base,
    eventId,
    kind: meaning === 'complained' ? 'complained' : 'bounced',
    // Postmark sends no more mail to an address that it has made inactive.
    isHard: meaning === 'hard' || (meaning === 'soft' && part.Inactive === true),
    at,
    detail: detailOf(replyCodes(textOf(part.Details)), word),
  };
}

/** The name of the metadata field was a header once, and comes back in any letter case. */
function messageOf({ Metadata }: JsonObject): string | null {
  if (!isObject(Metadata)) return null;
  const name = Object.keys(Metadata).find((key) => key.toLowerCase() === 'message');
  return name === undefined ? null : readMessageId(Metadata[name]);
}
