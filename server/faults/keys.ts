export const KEY_FAULTS = {
  'key.unknown': {
    status: 'NOT_FOUND',
    sentence:
      'There is no key with the id {keyId}. The page of an order lists the ids of its keys; of one in stock, the search for keys tells it (npx keybank keys find TEXT).',
  },
  'key.not_live': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} is {what}; nothing was changed. The page of an order lists the keys that it has now.',
  },
  'key.in_stock': {
    status: 'FORBIDDEN',
    sentence:
      'Key {keyId} is free, in stock; nothing was changed. Taking keys out of stock asks for the right import: ask an admin.',
  },
  'key.sold': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} is in stock no more: order {orderId} has it; nothing was changed. Is it bad? Its buyer is given another by a replacement: npx keybank keys replace {keyId} --reason TEXT',
  },
  'key.on_hold': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} is on hold for order {orderId}: nobody has it yet. Approve the booking, or cancel the order, which gives the key back; then try again.',
  },
  'key.order_not_fulfilled': {
    status: 'CONFLICT',
    sentence:
      'Key {keyId} belongs to order {orderId}, which is {status}; only a key of an order that is fulfilled, or waits for more, can be replaced. Revoke this one; an order that is cancelled, or waits for a person, can be given others: npx keybank orders add-keys {orderId} --sku SKU --up-to 1 --reason TEXT',
  },
  'stock.short': {
    status: 'CONFLICT',
    sentence:
      '{wanted} × {sku} wanted, {available} in stock; nothing was changed. When an admin has imported keys, try again. Keys that are given or added may also wait for stock (--wait on the command line).',
  },
  'stock.busy': {
    status: 'CONFLICT',
    sentence:
      'Others are taking the last keys of {sku} just now; nothing was changed. Try again in a moment.',
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
  'sku.invalid': {
    status: 'BAD_REQUEST',
    sentence: 'A SKU has 1 to 64 letters, digits, dots, hyphens or underscores.',
  },
} as const;
