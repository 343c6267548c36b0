import { orderId } from '../../shared/booking-event.ts';
import { recordAudit } from '../audit/record.ts';
import { done, refuse, type Result } from '../errors.ts';
import { isUuid } from '../ids.ts';
import { givenKeys } from '../keys/given-keys.ts';
import { maskKey } from '../keys/mask-key.ts';
import { revealedAct } from '../keys/revealed-act.ts';
import { readReason } from '../staff/reason.ts';
import { transact, type RetryDeps } from '../store/retry.ts';
import type { MessageRow } from '../store/rows.ts';
import type { Store, Verbs } from '../store/store.ts';
import { composeMails, type ComposeDeps } from './compose.ts';
import { withImages } from './gallery.ts';
import { inTurn } from './in-turn.ts';

/** What a mail says now: it is written anew, from what is true. */
export interface ShownMail {
  messageId: string;
  /** In words; null for a mail to the admin. */
  orderId: string | null;
  subject: string;
  /** With its images as data: addresses. */
  html: string;
  text: string;
  /** Keys stand in it by their last four characters. */
  masked: boolean;
}

type ShowDeps = Omit<ComposeDeps, 'store'> & RetryDeps & { store: Store };
interface Look {
  messageId: string;
  reason: string;
  actor: string;
}

/** SECURITY: keys are masked before the mail is written, so that none can get into any part of it. */
export async function previewMail(deps: ShowDeps, input: { messageId: string }): Promise<Result<ShownMail>> {
  const { store } = deps;
  const message = await findMail(store, input.messageId);
  if (!message.ok) return message;
  const masking: ComposeDeps['store'] = {
    ...store,
    async findKeysOfOrders(q) {
      const keys = await store.findKeysOfOrders(q);
      return keys.map((key) => ({ ...key, licenseKey: maskKey(key.licenseKey) }));
    },
  };
  return write({ ...deps, store: masking }, message.value, true);
}

/** The same with full keys. The audit line is committed before it is shown: nobody sees a key unnoticed. */
export async function revealMail(deps: ShowDeps, input: Look): Promise<Result<ShownMail>> {
  const reason = readReason(input.reason);
  if (!reason.ok) return reason;
  const message = await findMail(deps.store, input.messageId);
  if (!message.ok) return message;
  // Notices, and mails to the admin, have no key in them.
  if (message.value.kind !== 'key') return write(deps, message.value, false);
  const look = { ...input, reason: reason.value };
  return transact(deps, (tx) => revealInside(deps, tx, message.value, look));
}

/** Written under the order's lock: no key can come into the mail that the line does not name. */
async function revealInside(
  deps: ShowDeps,
  tx: Verbs,
  message: MessageRow,
  { reason, actor }: Look,
): Promise<Result<ShownMail>> {
  const [order] = message.orderId === null ? [] : await tx.lockOrders({ ids: [message.orderId] });
  const mail = await write({ ...deps, store: { ...tx, ...inTurn(tx) } }, message, false);
  if (!mail.ok || !order) return mail;
  const keys = givenKeys(order, await tx.findKeysOfOrders({ orderIds: [orderId(order)] }));
  await recordAudit(tx, [
    revealedAct(
      { at: deps.clock.now(), actor, reason },
      { subject: `order:${order.id}`, refs: { revealed: keys.map((key) => key.id), message: message.id } },
    ),
  ]);
  return mail;
}

async function findMail(store: Pick<Store, 'findMessages'>, text: string): Promise<Result<MessageRow>> {
  const id = text.trim().toLowerCase();
  if (!isUuid(id)) return refuse('mail.unknown', { messageId: 'of that name' });
  const [message] = await store.findMessages({ ids: [id] });
  return message ? done(message) : refuse('mail.unknown', { messageId: id });
}

async function write(deps: ComposeDeps, message: MessageRow, masked: boolean): Promise<Result<ShownMail>> {
  // What must not be sent to its address may be looked at all the same.
  const unstopped = { ...deps.store, findSuppressions: () => Promise.resolve([]) };
  const store = message.orderId === null ? deps.store : unstopped;
  const draft = (await composeMails({ ...deps, store }, [message])).get(message.id);
  if (draft?.kind === 'mail') {
    const { mail } = draft;
    const html = withImages(mail, message.kind);
    const [order] =
      message.orderId === null ? [] : await deps.store.findOrdersById({ ids: [message.orderId] });
    const of = order ? orderId(order) : null;
    return done({ messageId: message.id, orderId: of, subject: mail.subject, html, text: mail.text, masked });
  }
  if (draft?.kind === 'unwritable') return refuse('mail.unwritable', { why: draft.why });
  return refuse('mail.nothing_to_say', { why: draft?.why ?? 'its order is gone' });
}
