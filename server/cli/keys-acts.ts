import { InvalidArgumentError, type Command } from 'commander';
import { valueOf } from '../errors.ts';
import { isUuid } from '../ids.ts';
import { findKeys } from '../keys/find-keys.ts';
import { giveWithoutOrder } from '../keys/give.ts';
import { replaceKey } from '../keys/replace.ts';
import { revealKey } from '../keys/reveal.ts';
import { revokeKey } from '../keys/revoke.ts';
import { MAX_GIVEN } from '../orders/add-keys.ts';
import { withCore, type Cli } from './cli.ts';
import { table } from './table.ts';
import { wholeNumber } from './usage.ts';

export function addKeyActs(keys: Command, cli: Cli): void {
  keys
    .command('give')
    .description('give keys to a person who has no booking; it makes an order of its own')
    .requiredOption('--sku <sku>', 'the product')
    .requiredOption('--email <address>', 'where the mail goes')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .option('--quantity <number>', 'how many', wholeNumber(1, MAX_GIVEN), 1)
    .option('--name <text>', 'the person’s name')
    .option('--coupon <code>', 'kept with the keys')
    .option('--wait', 'short of stock, let the order wait for it')
    .option('--request-id <uuid>', 'one of your own: the same request again gives nothing twice', uuid)
    .action((options: GiveOptions) => give(cli, options));
  keys
    .command('find')
    .description('find keys by their whole text or their last four characters, in stock ones too')
    .argument('<text>', 'a key, or ABCD')
    .action((text: string) => find(cli, text));
  keys
    .command('replace')
    .description('revoke a key that a buyer has, and give and mail another in the same moment')
    .argument('<key id>', 'as the page of its order names it', keyId)
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((id: number, options: { reason: string }) => replace(cli, id, options.reason));
  keys
    .command('revoke')
    .description('take a key back for good, from its order or out of stock')
    .argument('<key id>', 'as the page of its order, or "keys find", names it', keyId)
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .option('--in-stock', 'only while nobody has it: refuse when it was sold meanwhile')
    .action((id: number, options: { reason: string; inStock?: boolean }) => revoke(cli, id, options));
  keys
    .command('reveal')
    .description('show a whole key; the audit trail says who looked')
    .argument('<key id>', 'as the page of its order names it', keyId)
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((id: number, options: { reason: string }) => reveal(cli, id, options.reason));
}

const keyId = wholeNumber(1, 999_999_999);

interface GiveOptions {
  sku: string;
  email: string;
  reason: string;
  quantity: number;
  name?: string;
  coupon?: string;
  wait?: boolean;
  requestId?: string;
}

function uuid(text: string): string {
  if (!isUuid(text.toLowerCase())) throw new InvalidArgumentError('It is a UUID.');
  return text;
}

async function give(cli: Cli, options: GiveOptions): Promise<void> {
  const { orderId, status, messageId } = await withCore(cli, async (core) =>
    valueOf(await giveWithoutOrder(core.rpc, { ...options, actor: 'cli' })),
  );
  const mail =
    messageId === undefined
      ? 'The mail follows with the keys.'
      : `The mail is queued as message ${messageId}; the running server sends it.`;
  cli.print(`Order ${orderId} is ${status}. ${mail}`);
}

async function find(cli: Cli, query: string): Promise<void> {
  const { keys, isMore } = await withCore(cli, (core) => findKeys(core, { query }));
  if (keys.length === 0) {
    cli.print('No key was found.');
    return cli.exitWith(1);
  }
  const columns = ['KEY ID', 'KEY', 'SKU', 'STATUS', 'ORDER', 'IMPORT', 'SINCE (UTC)'].map((heading) => ({
    heading,
  }));
  const rows = keys.map((key) => [
    ...[String(key.keyId), key.masked, key.sku, key.status],
    ...[key.orderId ?? '–', key.importId ?? '–', key.importedAt?.slice(0, 16).replace('T', ' ') ?? '–'],
  ]);
  cli.print(table(cli, columns, rows));
  if (isMore) cli.note('More keys end like this. Give the whole key.');
}

async function replace(cli: Cli, id: number, reason: string): Promise<void> {
  const { newKeyId, masked, messageId } = await withCore(cli, async (core) =>
    valueOf(await replaceKey(core.rpc, { keyId: id, reason, actor: 'cli' })),
  );
  cli.print(
    `Key ${id} is revoked; its order has key ${newKeyId} (${masked}) instead. The mail is queued as message ${messageId}; the running server sends it.`,
  );
}

async function revoke(cli: Cli, id: number, options: { reason: string; inStock?: boolean }): Promise<void> {
  const { orderId } = await withCore(cli, async (core) =>
    valueOf(await revokeKey(core.rpc, { keyId: id, ...options, mayTakeStock: true, actor: 'cli' })),
  );
  const from = orderId === null ? '' : ` It was with ${orderId}, which gets no other for it.`;
  cli.print(`Key ${id} is revoked.${from}`);
}

async function reveal(cli: Cli, id: number, reason: string): Promise<void> {
  const { licenseKey } = await withCore(cli, async (core) =>
    valueOf(await revealKey(core.rpc, { keyId: id, reason, actor: 'cli' })),
  );
  cli.print(licenseKey);
}
