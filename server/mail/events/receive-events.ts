import { faultFields, type Log } from '../../log.ts';
import type { MailEventKind, MailProvider } from '../../store/rows.ts';
import { decodeBody } from '../../webhook/parse-body.ts';
import { parseJson } from '../../webhook/safe-json.ts';
import { applyEvents, type Applied, type ApplyDeps } from './apply-events.ts';
import { concernOf } from './concern.ts';
import { proveSender, type MailEventCredentials } from './prove.ts';
import { readPostmark } from './read-postmark.ts';
import { readSendgrid } from './read-sendgrid.ts';

export interface ReceiveEventsDeps extends ApplyDeps {
  log: Log;
  credentials: MailEventCredentials;
  /** Alerts were committed. */
  onAlerts(): void;
  observe(provider: MailProvider, kind: MailEventKind): void;
}

export interface IncomingEvents {
  provider: MailProvider;
  raw: Uint8Array;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  ip: string;
}

export type EventsAnswer =
  /** `events` were of mails that Key Bank may have sent; `fresh` of these were not known. */
  | { code: 200; events: number; fresh: number }
  | { code: 400 | 401; error: string }
  | { code: 503; error: string; retryAfterS: number };

const RETRY_AFTER_S = 60;

/**
 * What a mail service tells afterwards: prove the sender, read, write down what is new. SECURITY: what is not understood is
 * passed over with 200, since the service would send it again for hours; 403 is never answered, on which Postmark gives up.
 */
export async function receiveEvents(
  deps: ReceiveEventsDeps,
  incoming: IncomingEvents,
): Promise<EventsAnswer> {
  const { provider, raw, headers, ip } = incoming;
  const proof = proveSender(deps.credentials, provider, { headers, raw });
  if (!proof.ok) {
    deps.log.warn('mail.events_refused', { provider, why: proof.why, ip });
    return { code: 401, error: `${proof.why}; see docs/mail.md` };
  }
  const body = parseJson(decodeBody(raw));
  if (!body.ok) {
    deps.log.warn('mail.events_refused', { provider, why: body.why, ip });
    return { code: 400, error: `the body is ${body.why}` };
  }
  const read = provider === 'postmark' ? readPostmark : readSendgrid;
  const { events } = read(body.value, deps.clock.now());
  try {
    const applied = await applyEvents(deps, events);
    report(deps, applied);
    return { code: 200, events: events.length, fresh: applied.events.length };
  } catch (error) {
    deps.log.error('http.fault', { path: `/mail-events/${provider}`, ...faultFields(error) });
    return {
      code: 503,
      error: 'the database is away; send the same events again',
      retryAfterS: RETRY_AFTER_S,
    };
  }
}

function report({ log, observe, onAlerts }: ReceiveEventsDeps, { events, judged }: Applied): void {
  for (const { provider, kind, messageId } of events) {
    log.info('mail.event', { provider, kind, messageId });
    observe(provider, kind);
  }
  for (const { message, judgement } of judged) {
    const { news, suppression, isOfFormerAddress } = judgement;
    if (suppression)
      log.warn('mail.suppressed', {
        provider: suppression.provider,
        kind: suppression.reason,
        messageId: message.id,
      });
    if (news && isOfFormerAddress)
      log.info('mail.former_address', { messageId: message.id, kind: news.event.kind });
    // A mail to the admin raises no alert: it would be told by another mail to the admin.
    if (news && concernOf(news.event) > 0 && message.orderId === null)
      log.error('mail.failed', {
        messageId: message.id,
        kind: message.kind,
        code: news.event.kind,
        why: news.event.detail,
      });
  }
  if (judged.some(({ judgement }) => judgement.alert !== null)) onAlerts();
}
