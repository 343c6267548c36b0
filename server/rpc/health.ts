import { z } from 'zod';
import { MESSAGE_STATUSES } from '../../shared/statuses.ts';
import { HEALTH } from '../health/part.ts';
import { readHealth } from '../health/read-health.ts';
import { ALERT_KINDS } from '../store/rows.ts';
import { siteLine } from './sites.ts';
import { router, staffProcedure } from './trpc.ts';

const status = z.enum(HEALTH);
/** Use-cases count with dates; clients get ISO strings. */
const date = z.date().transform((at) => at.toISOString());
const part = <F extends z.ZodType>(facts: F) =>
  z.object({ status, sentence: z.string(), facts: facts.nullable() });

const report = z.object({
  status,
  parts: z.object({
    database: part(
      z.object({
        engine: z.string(),
        version: z.string(),
        pingMs: z.number(),
        locks: z.object({
          waits: z.number().nullable(),
          deadlocks: z.number().nullable(),
          countedMs: z.number().nullable(),
        }),
      }),
    ),
    server: part(
      z.object({
        version: z.string(),
        startedAt: date.nullable(),
        publicUrl: z.string(),
        setUp: z.object({
          mail: z.enum(['mailbox', 'smtp', 'postmark', 'sendgrid']),
          hasAdmin: z.boolean(),
          hasDefaultSku: z.boolean(),
        }),
      }),
    ),
    instances: part(
      z.object({
        instances: z.array(
          z.object({
            id: z.string(),
            host: z.string(),
            version: z.string(),
            startedAt: date,
            seenAt: date,
            isSilent: z.boolean(),
            retries: z.number(),
          }),
        ),
        retries: z.number(),
      }),
    ),
    mail: part(
      z.object({
        worker: z
          .object({
            sending: z.number(),
            paused: z
              .object({
                cause: z.enum(['configuration', 'busy']),
                code: z.string(),
                why: z.string(),
                until: date,
              })
              .nullable(),
          })
          .nullable(),
        due: z.number(),
        oldestDueMs: z.number().nullable(),
        troubled: z.array(
          z.object({ status: z.enum(MESSAGE_STATUSES), count: z.number(), isMore: z.boolean() }),
        ),
      }),
    ),
    orders: part(
      z.object({
        waiting: z.number(),
        isMoreWaiting: z.boolean(),
        oldestWaitingSince: date.nullable(),
        attention: z.number(),
        isMoreAttention: z.boolean(),
      }),
    ),
    attention: part(
      z.object({
        open: z.array(z.object({ kind: z.enum(ALERT_KINDS), count: z.number(), isMore: z.boolean() })),
      }),
    ),
    stock: part(
      z.object({
        low: z.array(
          z.object({
            sku: z.string(),
            available: z.number(),
            waiting: z.number(),
            threshold: z.number(),
          }),
        ),
        overdueHolds: z.number(),
      }),
    ),
    sites: part(z.object({ sites: z.array(siteLine.extend({ lastAt: date.nullable() })) })),
  }),
});

export const healthRouter = router({
  /** How the service is, part by part, each in a word and a sentence. */
  get: staffProcedure.output(report).query(({ ctx }) => readHealth(ctx.deps)),
});
