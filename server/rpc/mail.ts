import { z } from 'zod';
import { valueOf } from '../errors.ts';
import { loadBrand } from '../mail/brand.ts';
import { galleryMails } from '../mail/gallery.ts';
import { listMails, MAIL_LISTS, TROUBLES } from '../mail/list-mails.ts';
import { retryMails } from '../mail/retry-mails.ts';
import { sampleMails } from '../mail/samples.ts';
import { previewMail, revealMail } from '../mail/show-mail.ts';
import { allowAddress, listSuppressed } from '../mail/suppressions.ts';
import { readMailStatus } from '../mail/mail-status.ts';
import { MAIL_PROVIDERS, MESSAGE_KINDS } from '../store/rows.ts';
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

const mailLine = z.object({
  messageId: z.string(),
  kind: z.enum(MESSAGE_KINDS),
  orderId: z.string().nullable(),
  recipient: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  attempts: z.number(),
  lastCode: z.string().nullable(),
  lastError: z.string().nullable(),
  why: z.string().nullable(),
  createdAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  acceptedAt: z.iso.datetime().nullable(),
});

const listInput = z.object({
  show: z.enum(MAIL_LISTS).default('queue'),
  status: z.enum(TROUBLES).optional(),
  cursor: z.string().max(200).optional(),
});

const shownMail = z.object({
  messageId: z.string(),
  orderId: z.string().nullable(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  masked: z.boolean(),
});

const messageIdInput = z.string().max(100);

export const mailRouter = router({
  /** Every mail with made-up samples. */
  gallery: staffProcedure
    .output(z.object({ mails: z.array(galleryMail) }))
    .query(({ ctx }) => ({ mails: galleryMails(sampleMails(loadBrand(), ctx.deps.publicUrl)) })),

  /** How many mails stand how, and whether the queue goes on. */
  status: staffProcedure.output(status).query(async ({ ctx }) => readMailStatus(ctx.deps)),

  /** What is still to be sent, what is in trouble, or all mails. */
  list: staffProcedure
    .input(listInput.default({ show: 'queue' }))
    .output(z.object({ messages: z.array(mailLine), next: z.string().optional() }))
    .query(async ({ ctx, input }) => valueOf(await listMails(ctx.deps, input))),

  retry: staffProcedure
    .input(z.object({ messageIds: z.array(messageIdInput).min(1).max(100), reason: reasonInput }))
    .output(
      z.object({
        retried: z.array(z.string()),
        refused: z.array(z.object({ messageId: z.string(), code: z.string(), why: z.string() })),
      }),
    )
    .mutation(async ({ ctx, input }) => valueOf(await retryMails(ctx.deps, { ...input, actor: ctx.actor }))),

  /** What a mail says now, keys by their last four characters. */
  preview: staffProcedure
    .input(z.object({ messageId: messageIdInput }))
    .output(shownMail)
    .query(async ({ ctx, input }) => valueOf(await previewMail({ ...ctx.deps, brand: loadBrand() }, input))),

  /** The same with full keys; audited before it is shown. */
  reveal: staffProcedure
    .input(z.object({ messageId: messageIdInput, reason: reasonInput }))
    .output(shownMail)
    .mutation(async ({ ctx, input }) =>
      valueOf(await revealMail({ ...ctx.deps, brand: loadBrand() }, { ...input, actor: ctx.actor })),
    ),

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
