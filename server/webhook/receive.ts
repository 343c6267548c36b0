import type { Source } from '../../shared/booking-event.ts';
import { cutText } from '../../shared/cut-text.ts';
import type { ReceiptStatus } from '../../shared/statuses.ts';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { VendQueue } from '../keys/vend-batch.ts';
import { faultFields, type Log } from '../log.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import { isSiteSlug, SITE_REFUSED, SITE_RULE, type Sites } from './site.ts';
import { understand, unreadable } from './understand.ts';

export interface ReceiveDeps {
  credentials: Credentials;
  sites: Sites;
  queue: VendQueue;
  clock: Clock;
  newId: NewId;
  log: Log;
}

export interface Incoming {
  source: Source;
  raw: Uint8Array;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  /** From the URL: `token`, and for raw senders `site` and `event`. */
  query: { token?: string | undefined; site?: string | undefined; event?: string | undefined };
  ip: string;
}

export type Answer =
  | {
      code: 200;
      /** For `keybank deliveries show`. */
      deliveryId: string;
      status: ReceiptStatus;
      orderId?: string;
      orders: { orderId: string; status: ReceiptStatus }[];
    }
  | { code: 401 | 503; error: string; retryAfterS?: number };

/** How soon a sender may try again while the database is away. */
const RETRY_AFTER_S = 10;
/** Headers worth keeping with a delivery. SECURITY: no authorization, cookie, signature or token is among them. */
const KEPT_HEADERS = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'x-forwarded-for'];

/** One delivery: prove the sender, understand the body, vend, answer. Only a sender that is not proven gets a 4xx. */
export async function receive(deps: ReceiveDeps, incoming: Incoming): Promise<Answer> {
  const { source, raw, headers, query } = incoming;
  const now = deps.clock.now();
  const proof = authenticate(deps.credentials, { source, token: query.token, headers, raw, now });
  if (!proof.ok) {
    deps.log.warn('webhook.refused', { source, why: proof.why, ip: incoming.ip });
    return { code: 401, error: `${proof.why}; see docs/install.md, "The webhook token"` };
  }
  const contentType = headers['content-type'];
  const understood = understand({
    source,
    raw,
    contentType,
    hookHint: query.event === undefined ? null : cutText(query.event, 100),
  });
  const { siteUrl, hook, body, fault, isTest } = understood;
  if (fault) deps.log.error('http.fault', { path: `/webhooks/${source}`, ...faultFields(fault) });
  // Whose bookings these are is not known: they are kept for a person, and no order is touched.
  const siteKnown = query.site === undefined || isSiteSlug(query.site);
  const events = siteKnown ? understood.events : [];
  const verdict = siteKnown ? understood.verdict : unreadable(SITE_RULE);
  try {
    const slug = query.site ?? null;
    const site = siteKnown ? await deps.sites.slugOf({ url: siteUrl, slug, isTest }) : '';
    const delivery = {
      id: deps.newId(),
      receivedAt: now,
      site,
      source,
      hook: hook === null ? null : cutText(hook, 100),
      contentType: contentType === undefined ? null : cutText(contentType, 100),
      body,
      headers: { ...keptHeaders(headers), ...(siteKnown ? {} : SITE_REFUSED) },
      replayOf: null,
    };
    const receipt = await deps.queue.submit({ delivery, events, actor: 'webhook', revives: false, verdict });
    const orders = receipt.orders;
    deps.log.info('webhook.received', {
      deliveryId: delivery.id,
      source,
      hook: delivery.hook,
      verdict: receipt.status,
      orders: orders.map((order) => order.orderId),
    });
    const first = orders.find((order) => order.status === receipt.status) ?? orders[0];
    const { status, deliveryId } = receipt;
    return { code: 200, status, deliveryId, ...(first && { orderId: first.orderId }), orders };
  } catch (error) {
    deps.log.error('http.fault', { path: `/webhooks/${source}`, ...faultFields(error) });
    return {
      code: 503,
      error: 'the database is away; send the same delivery again',
      retryAfterS: RETRY_AFTER_S,
    };
  }
}

function keptHeaders(headers: Incoming['headers']): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, cutText(value, 200)]];
    }),
  );
}
