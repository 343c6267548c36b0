import { z } from 'zod';
import { SOURCES } from '../../shared/booking-event.ts';
import { decodeBody } from './parse-body.ts';

/** One post is one statement's worth of bookings; a longer list comes in pages. */
const MAX_BOOKINGS = 1000;
const MAX_ID = 999_999_999_999_999;

const booking = z.object({
  id: z
    .string()
    .regex(/^([1-9]\d{0,14}|package:[1-9]\d{0,14}|compound:[\w-]{1,90})$/, 'is no booking id of the plugin'),
  rev: z.int().min(0).max(MAX_ID),
  status: z.string().max(100),
});

const reconcileBody = z.object({
  v: z.literal(1),
  plugin: z.string().regex(/^[\w.+-]{1,40}$/, 'is a version like 0.1.0'),
  site: z.url({ protocol: /^https?$/ }).max(500),
  sentAt: z.iso.datetime(),
  source: z.enum(SOURCES),
  after: z.int().min(0).max(MAX_ID),
  upto: z.int().min(1).max(MAX_ID).nullable(),
  bookings: z.array(booking).max(MAX_BOOKINGS),
});

export type ReconcileBody = z.infer<typeof reconcileBody>;

/** SECURITY: `why` names the place and the rule, never what stood there. */
export function readReconcileBody(
  raw: Uint8Array,
): { ok: true; value: ReconcileBody } | { ok: false; why: string } {
  let json: unknown;
  try {
    json = JSON.parse(decodeBody(raw));
  } catch {
    return { ok: false, why: 'the body is not valid JSON' };
  }
  const read = reconcileBody.safeParse(json);
  if (read.success) return { ok: true, value: read.data };
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  return { ok: false, why: faults.slice(0, 3).join('; ') };
}
