export const MAIL_FAULTS = {
  'email.suppressed': {
    status: 'CONFLICT',
    sentence:
      'Mail to that address {reason} on {day}, so none is sent there, and nothing was changed. Give order {orderId} another one: npx keybank orders correct {orderId} --email ADDRESS --reason TEXT; if this one is right by now, let mail through again: npx keybank mail allow ADDRESS --reason TEXT',
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
} as const;
