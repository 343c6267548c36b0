import type { Outputs } from '../app/outputs.ts';

type Order = Outputs['orders']['get'];
type Mail = Order['messages'][number];

/** What to tell the buyer on the phone, in a sentence or two. `said`: how a moment, in ISO 8601, is said. */
export function headline(order: Order, said: (at: string) => string): string {
  switch (order.status) {
    case 'fulfilled':
      return ofKeys(order, said);
    case 'waiting':
      return 'The product is out of stock. The order is kept: it gets its key by itself when new keys come in, oldest order first.';
    case 'held':
      return 'The booking is not confirmed or not paid yet. The key follows when it is.';
    case 'cancelled':
      return order.keys.some(({ status }) => status === 'assigned')
        ? 'The booking was cancelled, but the buyer may have seen the key: it stays assigned.'
        : 'The booking was cancelled. The buyer has no key of it.';
    case 'ignored':
      return 'No key was to be sent: what was booked sells none, or another booking of the purchase has it.';
    case 'attention':
      return WHY[order.reason ?? ''] ?? 'A person must look at this order before it goes on.';
  }
}

const WHY: Record<string, string> = {
  no_email: 'The booking names no e-mail address. Correct it here, and the key is sent at once.',
  unmapped:
    'Nobody has said yet which key this course sells. An admin says it, here or under Products, and the order goes on by itself, with all others that wait for it.',
  quantity: 'The number of keys is none, or more than fifty: add the keys by hand, or correct the booking.',
  unreadable:
    'The booking has a status that Key Bank does not know. Give it a usual one in the booking plugin.',
  unpaid_gateway:
    'The booking says that it is paid online, but has no transaction. Look into the account of the payment provider.',
};

function ofKeys(order: Order, said: (at: string) => string): string {
  const live = order.keys.filter(({ status }) => status === 'assigned').length;
  if (order.keys.length > 0 && live === 0)
    return 'Every key of this order was revoked: the buyer has none that is good. To give another, add keys.';
  const gone = order.keys.length - live;
  const note =
    gone === 0 ? '' : `${gone} of its ${order.keys.length} keys ${gone === 1 ? 'is' : 'are'} revoked. `;
  return `${note}${ofMail(order, said)}`;
}

function ofMail(order: Order, said: (at: string) => string): string {
  const mail = newest(order.messages.filter(({ kind }) => kind === 'key'));
  if (!mail)
    return 'The order has its keys, but no mail of them is on record. Send them with the button below.';
  const at = (iso: string | null) => (iso === null ? '' : ` at ${said(iso)}`);
  switch (mail.status) {
    case 'queued':
    case 'sending':
      return `The key is on its way to ${mail.recipient}: its mail is in the queue.`;
    case 'accepted':
      return `The key was mailed to ${mail.recipient}${at(mail.acceptedAt)}, and the mail server took it. If it is not in the inbox, let the buyer look into the spam folder.`;
    case 'delivered':
      return `The key arrived at ${mail.recipient}; it was sent${at(mail.acceptedAt)}.`;
    case 'retrying':
      return `The mail server of ${mail.recipient} has not taken the key yet. It is tried again by itself.`;
    case 'failed':
      return `The mail to ${mail.recipient} could not be sent: ${mail.lastError ?? mail.lastCode ?? 'no reason was given'}. Correct the address, or send it again.`;
    case 'unknown':
      return `The line broke while the key was mailed to ${mail.recipient}: it may have arrived. Ask the buyer, and send it again if not.`;
    case 'bounced':
      return `The mail to ${mail.recipient} came back. Ask the buyer for another address and correct it here.`;
    case 'complained':
      return `The key reached ${mail.recipient}, where it was marked as spam.`;
    case 'withdrawn':
      return 'The mail was withdrawn before it was sent.';
  }
}

function newest(mails: Mail[]): Mail | undefined {
  return mails.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)).at(-1);
}
