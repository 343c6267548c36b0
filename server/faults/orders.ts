export const ORDER_FAULTS = {
  'order.unknown': {
    status: 'NOT_FOUND',
    sentence:
      'There is no order {orderId}. Order ids look like amelia:13, bookly:5, amelia@second-shop:13 or staff:7K2M9QX4TB; a lookup by e-mail finds them.',
  },
  'order.not_fulfilled': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} is {status}, and has no key that can be sent again. One that waits for stock takes a corrected address (--email on the command line): its buyer is told there at once, and the key follows.',
  },
  'order.no_keys': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} has no key that may be sent; its keys were revoked or taken back. Give it others: npx keybank orders add-keys {orderId} --sku SKU --up-to 1 --reason TEXT',
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
      'Order {orderId} waits for stock already; its keys are mailed by themselves once they are in stock. An admin imports keys; or cancel the order.',
  },
  'order.has_keys': {
    status: 'CONFLICT',
    sentence:
      'Order {orderId} has {count} × {sku} already; nothing was given. If it shall have more, ask for the higher number.',
  },
  'order.not_replayable': {
    status: 'CONFLICT',
    sentence:
      'Nothing was delivered for order {orderId} that could be read again, or there is no such order. An order of staff is given keys anew: npx keybank orders add-keys {orderId} --sku SKU --up-to 1 --reason TEXT',
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
    sentence:
      'Order {orderId} was resent {limit} times within the hour, or got as many other addresses. Check the address, or wait an hour.',
  },
  'request.changed': {
    status: 'CONFLICT',
    sentence:
      'The request id was used before, for something else (order {orderId}); nothing was given. Look at that order, and send a new request with a new id if it is still needed.',
  },
  'lookup.bad_cursor': {
    status: 'BAD_REQUEST',
    sentence: 'The page mark is not one that this server made. Start the lookup again.',
  },
} as const;
