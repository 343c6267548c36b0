import { z } from 'zod';
import { valueOf } from '../errors.ts';
import { loadBrand } from '../mail/brand.ts';
import { galleryMails } from '../mail/gallery.ts';
import { sampleMails } from '../mail/samples.ts';
import { allowAddress, listSuppressed } from '../mail/suppressions.ts';
import { readMailStatus } from '../mail/mail-status.ts';
import { MAIL_PROVIDERS } from '../store/rows.ts';
import { MESSAGE_STATUSES } from '../../shared/statuses.ts';
import { reasonInput } from './shapes.ts';
import { router, staffProcedure } from './trpc.ts';

const galleryMail = z.object({
  template: z.string(),
  title: z.string(),
  subject: z.string(),
  /** With its images as data: addresses. */
  html: z.string(),
  text: z.string(),
  /** Of the HTML as it is sent. */
  bytes: z.number(),
});

const suppression = z.object({
  address: z.string(),
  reason: z.enum(['bounced', 'complained']),
  since: z.iso.datetime(),
  provider: z.enum(MAIL_PROVIDERS),
  messageId: z.string(),
  detail: z.string(),
});

const status = z.object({
  counts: z.array(z.object({ status: z.enum(MESSAGE_STATUSES), count: z.number() })),
  /** The last answers to mails that are still to be sent, and to how many; the most frequent first. */
  refusals: z.array(z.object({ code: z.string(), why: z.string().nullable(), count: z.number() })),
  /** The mail worker of this server; null where none runs. */
  worker: z
    .object({
      sending: z.number(),
      paused: z
        .object({
          /** The settings are at fault (login, TLS), or the server asked for less mail. */
          cause: z.enum(['configuration', 'busy']),
          code: z.string(),
          why: z.string(),
          /** When it goes on, or looks again, by itself. */
          until: z.iso.datetime(),
        })
        .nullable(),
    })
    .nullable(),
});

export const mailRouter = router({
  /** Every mail with made-up samples. */
  gallery: staffProcedure
    .output(z.object({ mails: z.array(galleryMail) }))
    .query(({ ctx }) => ({ mails: galleryMails(sampleMails(loadBrand(), ctx.deps.publicUrl)) })),

  /** How many mails stand how, and whether the queue goes on. */
  status: staffProcedure.output(status).query(async ({ ctx }) => readMailStatus(ctx.deps)),

  suppressed: staffProcedure
    .input(z.object({ cursor: z.string().max(500).optional() }).default({}))
    .output(z.object({ suppressed: z.array(suppression), next: z.string().optional() }))
    .query(async ({ ctx, input }) => {
      const { suppressed, ...rest } = valueOf(await listSuppressed(ctx.deps, input));
      return { suppressed: suppressed.map((row) => ({ ...row, since: row.since.toISOString() })), ...rest };
    }),

  allow: staffProcedure
    .input(z.object({ address: z.string().max(500), reason: reasonInput }))
    .output(z.object({ address: z.string() }))
    .mutation(async ({ ctx, input }) =>
      valueOf(await allowAddress(ctx.deps, { ...input, actor: ctx.actor })),
    ),
});
