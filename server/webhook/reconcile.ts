import { reconcile, type Drift, type ReconcileDeps } from '../drift/reconcile.ts';
import { faultFields } from '../log.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import { isOff, readStatus } from './booking-status.ts';
import type { Incoming } from './receive.ts';
import { readReconcileBody } from './reconcile-body.ts';
import type { Sites } from './site.ts';

export type ReconcileAnswer =
  | ({ code: 200 } & Drift)
  | { code: 400 | 401; error: string }
  | { code: 503; error: string; retryAfterS: number };

const RETRY_AFTER_S = 60;

/** The plugin's hourly list of bookings: prove the sender, read, compare. SECURITY: the answer names no id that was not sent. */
export async function receiveReconcile(
  deps: ReconcileDeps & { credentials: Credentials; sites: Sites },
  { raw, headers, query, ip }: Omit<Incoming, 'source'>,
): Promise<ReconcileAnswer> {
  const source = 'reconcile';
  const proof = authenticate(deps.credentials, {
    source,
    token: query.token,
    headers,
    raw,
    now: deps.clock.now(),
  });
  if (!proof.ok) {
    deps.log.warn('webhook.refused', { source, why: proof.why, ip });
    return { code: 401, error: `${proof.why}; see docs/install.md, "The webhook token"` };
  }
  const body = readReconcileBody(raw);
  if (!body.ok) {
    deps.log.warn('webhook.faulty', { source, why: body.why });
    return { code: 400, error: `${body.why}; see docs/payloads.md, "Reconciliation"` };
  }
  try {
    const site = await deps.sites.slugOf({ url: body.value.site, slug: null });
    const bookings = body.value.bookings.map(({ id, rev, status }) => ({
      id,
      rev,
      isOff: isOff(readStatus(status)),
    }));
    return { code: 200, ...(await reconcile(deps, { ...body.value, site, bookings })) };
  } catch (error) {
    deps.log.error('http.fault', { path: '/webhooks/reconcile', ...faultFields(error) });
    return { code: 503, error: 'the database is away; send the same list again', retryAfterS: RETRY_AFTER_S };
  }
}
