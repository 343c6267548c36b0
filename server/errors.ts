// Every refusal a person may meet: `noun.reason`, its status, and a sentence for staff that names the way out.
// SECURITY: a sentence may name orders, SKUs and ids, never a key, a token or what was typed into a search box.

const FAULTS = {
  'staff.unknown': {
    status: 'UNAUTHORIZED',
    sentence:
      'The staff token is missing or unknown. Send it as "authorization: Bearer <token>"; the first one is in the file staff-token of the data folder, or in KEYBANK_STAFF_TOKEN.',
  },
  'staff.not_allowed': {
    status: 'FORBIDDEN',
    sentence: 'The role {role} may not do this ({right}). Ask an admin.',
  },
  'order.unknown': {
    status: 'NOT_FOUND',
    sentence:
      'There is no order {orderId}. Order ids look like amelia:13, bookly:5 or amelia@second-shop:13; a lookup by e-mail finds them.',
  },
  'order.not_fulfilled': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} is {status}; only a fulfilled order has a key that can be sent again. One that waits for stock takes a corrected address (--email on the command line): its buyer is told there at once, and the key follows.',
  },
  'order.no_keys': {
    status: 'CONFLICT',
    sentence: 'Order {orderId} has no key that may be sent; its keys were revoked or taken back.',
  },
  'order.no_email': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} has no e-mail address. Give it one: npx keybank orders correct {orderId} --email ADDRESS --reason TEXT',
  },
  'order.covers_purchase': {
    status: 'CONFLICT',
    sentence:
      'The key of order {orderId} covers other bookings of the same purchase too; nothing was cancelled. If nobody shall have the key any more, revoke it.',
  },
  'order.pending': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} is held: its booking is pending, or not paid yet. Approve or cancel the booking in WordPress; nothing was changed here.',
  },
  'order.waiting': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} waits for stock already; its keys are mailed by themselves once they are in stock. Import keys, or cancel the order.',
  },
  'order.has_keys': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} has {count} × {sku} already; nothing was given. If it shall have more, ask for the higher number.',
  },
  'order.not_replayable': {
    status: 'CONFLICT',
    sentence: 'Nothing was delivered for order {orderId} that could be read again.',
  },
  'delivery.unknown': {
    status: 'NOT_FOUND',
    sentence:
      'There is no delivery {deliveryId}. The page of an order and the mail about a delivery name the ids.',
  },
  'period.invalid': {
    status: 'BAD_REQUEST',
    sentence:
      'A moment is a day, 2026-11-22, or a time with its zone, 2026-11-22T20:06:00Z; the year is between 2000 and 2199.',
  },
  'replay.too_many': {
    status: 'BAD_REQUEST',
    sentence:
      'More than {limit} deliveries fit. Nothing was read again. Narrow it by verdict, source, site or period.',
  },
  'replay.count_changed': {
    status: 'CONFLICT',
    sentence:
      '{counted} deliveries were counted, and now {found} fit. Nothing was read again. Count once more, and run that.',
  },
  'replay.interrupted': {
    status: 'SERVICE_UNAVAILABLE',
    sentence:
      'The database stopped answering after {replayed} of {page} deliveries of this page. Run it again: what was done is recognised.',
  },
  'resend.too_many': {
    status: 'TOO_MANY_REQUESTS',
    sentence: 'Order {orderId} was resent {limit} times within the hour. Check the address, or wait an hour.',
  },
  'email.suppressed': {
    status: 'CONFLICT',
    sentence:
      'Mail to the address of order {orderId} {reason} on {day}, so none is sent there. Give another address with the resend; if this one is right by now, let mail through again: npx keybank mail allow ADDRESS --reason TEXT',
  },
  'email.not_suppressed': {
    status: 'NOT_FOUND',
    sentence:
      'That address is not on the list of suppressed addresses; mail goes to it already. npx keybank mail suppressed shows the list.',
  },
  'email.blocked': {
    status: 'CONFLICT',
    sentence:
      'Mail to that address {reason} on {day}, so none is sent there, and nothing was given. Use another address; if this one is right by now, let mail through again: npx keybank mail allow ADDRESS --reason TEXT',
  },
  'email.unchanged': {
    status: 'CONFLICT',
    sentence: 'Order {orderId} has this address already. To send its keys there again, resend them.',
  },
  'email.invalid': {
    status: 'BAD_REQUEST',
    sentence: 'The e-mail address is not one that mail can be sent to. Check it for typing errors.',
  },
  'reason.missing': {
    status: 'BAD_REQUEST',
    sentence: 'A reason is required, up to {limit} characters; it is kept in the audit trail.',
  },
  'key.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no key with the id {keyId}. The page of an order lists the ids of its keys.',
  },
  'key.not_live': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} is {what}; nothing was changed. The page of an order lists the keys that it has now.',
  },
  'key.on_hold': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} is on hold for order {orderId}: nobody has it yet. Approve the booking, or cancel the order, which gives the key back; then try again.',
  },
  'key.order_not_fulfilled': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} belongs to order {orderId}, which is {status}; only a key of a fulfilled order can be replaced. Add keys to the order instead, or revoke this one.',
  },
  'stock.short': {
    status: 'CONFLICT',
    sentence:
      '{wanted} × {sku} wanted, {available} in stock; nothing was changed. Import keys and try again. Keys that are given or added may also wait for stock (--wait on the command line).',
  },
  'stock.busy': {
    status: 'CONFLICT',
    sentence:
      'Others are taking the last keys of {sku} just now; nothing was changed. Try again in a moment.',
  },
  'request.changed': {
    status: 'CONFLICT',
    sentence:
      'The request id was used before, for something else (order {orderId}); nothing was given. Look at that order, and send a new request with a new id if it is still needed.',
  },
  'alert.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no alert {alertId}. The attention list shows the ids of those that there are.',
  },
  'mail.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no mail {messageId}. The list of mails and the page of an order name the ids.',
  },
  'mail.not_stuck': {
    status: 'CONFLICT',
    sentence:
      'The mail is {status}: only one that is failed, unknown or retrying can be queued again. A resend of the order sends its keys once more.',
  },
  'mail.came_back': {
    status: 'CONFLICT',
    sentence:
      'The mail is {status}: the same address would not take it the next time either. Resend the order to a corrected address.',
  },
  'mail.nothing_to_say': {
    status: 'CONFLICT',
    sentence: 'This mail has nothing to say any more: {why}. The page of the order shows what holds now.',
  },
  'mail.unwritable': {
    status: 'CONFLICT',
    sentence: 'The mail cannot be written: {why}. Correct the product that it speaks of.',
  },
  'mail.status_without_trouble': {
    status: 'BAD_REQUEST',
    sentence: 'A status narrows the list of mails in trouble. Ask for that list, or leave the status out.',
  },
  'lookup.bad_cursor': {
    status: 'BAD_REQUEST',
    sentence: 'The page mark is not one that this server made. Start the lookup again.',
  },
  'import.unclear_column': {
    status: 'BAD_REQUEST',
    sentence:
      'The first line looks like the heading of {count} columns, and none is called key, license_key, serial or code. Nothing was imported. Name the column that holds the keys; on the command line with --column.',
  },
  'import.no_such_column': {
    status: 'BAD_REQUEST',
    sentence:
      'The column that was named is not among the {count} of the first line. Nothing was imported. Give a name from the heading, or a number from 1 to {count}.',
  },
  'import.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no import {importId}. The list of imports shows their ids.',
  },
  'import.undone': {
    status: 'CONFLICT',
    sentence:
      'The import {importId} was undone while it ran, so it was stopped, and its unsold keys are taken out. Import the file again if that was not meant.',
  },
  'import.interrupted': {
    status: 'CONFLICT',
    sentence:
      'The import was cut off after {added} new keys; those are in stock. Run it again: keys that are in are recognised.',
  },
  'mapping.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no such mapping. The list of mappings shows those that are there.',
  },
  'product.unknown': {
    status: 'NOT_FOUND',
    sentence: 'There is no product {sku}. The list of products shows those that are there.',
  },
  'store.changed': {
    status: 'CONFLICT',
    sentence:
      'Somebody changed the same thing at the same moment. Look again, and repeat it if it is still needed.',
  },
  'store.away': {
    status: 'SERVICE_UNAVAILABLE',
    sentence: 'The database does not answer right now. Look again in a moment whether it was done.',
  },
  'server.fault': {
    status: 'INTERNAL_SERVER_ERROR',
    sentence: 'Something went wrong here. The log of the server has it as http.fault for {path}.',
  },
  'sku.invalid': {
    status: 'BAD_REQUEST',
    sentence: 'A SKU has 1 to 64 letters, digits, dots, hyphens or underscores.',
  },
} as const;

export type FaultCode = keyof typeof FAULTS;
export type FaultStatus = (typeof FAULTS)[FaultCode]['status'];

export interface Fault {
  code: FaultCode;
  status: FaultStatus;
  sentence: string;
}

/** The names in braces. */
type Blanks<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Blanks<Rest> : never;
type Words<C extends FaultCode> = Record<Blanks<(typeof FAULTS)[C]['sentence']>, string | number>;

/** What a use-case answers when it expected to have to say no. */
export type Result<T> = { ok: true; value: T } | { ok: false; fault: Fault };

export const done = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export function makeFault<C extends FaultCode>(code: C, words: Words<C>): Fault {
  const filled = Object.entries<string | number>(words).reduce<string>(
    (sentence, [name, word]) => sentence.replaceAll(`{${name}}`, String(word)),
    FAULTS[code].sentence,
  );
  return { code, status: FAULTS[code].status, sentence: filled };
}

export function refuse<C extends FaultCode>(code: C, words: Words<C>): { ok: false; fault: Fault } {
  return { ok: false, fault: makeFault(code, words) };
}

/** A fault on its way up through code that cannot return it. */
export class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault, options?: ErrorOptions) {
    super(fault.sentence, options);
    this.name = 'FaultError';
    this.fault = fault;
  }
}

/** The value, or the fault thrown. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.fault);
  return result.value;
}
