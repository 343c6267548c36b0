import type { Command } from 'commander';
import { valueOf } from '../errors.ts';
import { addKeys, MAX_GIVEN } from '../orders/add-keys.ts';
import { cancelOrder } from '../orders/cancel.ts';
import { correctOrder } from '../orders/correct.ts';
import { withCore, type Cli } from './cli.ts';
import { count } from './table.ts';
import { wholeNumber } from './usage.ts';

export function addOrderActs(orders: Command, cli: Cli): void {
  orders
    .command('correct')
    .description('correct the address of an order in any status; its buyer gets what is due there')
    .argument('<order id>', 'e.g. amelia:13')
    .requiredOption('--email <address>', 'it becomes the order’s; the old one still finds it')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((orderId: string, options: { email: string; reason: string }) => correct(cli, orderId, options));
  orders
    .command('add-keys')
    .description('bring an order to so many keys of a product, those that it has included')
    .argument('<order id>', 'e.g. amelia:13')
    .requiredOption('--sku <sku>', 'the product')
    .requiredOption('--up-to <number>', 'keys that it shall have in all', wholeNumber(1, MAX_GIVEN))
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .option('--wait', 'short of stock, let the order wait for it')
    .action((orderId: string, options: AddOptions) => add(cli, orderId, options));
  orders
    .command('cancel')
    .description('cancel an order, whatever its booking plugin says later')
    .argument('<order id>', 'e.g. amelia:13')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((orderId: string, options: { reason: string }) => cancel(cli, orderId, options.reason));
}

interface AddOptions {
  sku: string;
  upTo: number;
  reason: string;
  wait?: boolean;
}

async function correct(cli: Cli, orderId: string, options: { email: string; reason: string }): Promise<void> {
  const { status, messageId } = await withCore(cli, async (core) =>
    valueOf(await correctOrder(core.rpc, { orderId, ...options, actor: 'cli' })),
  );
  const mail =
    messageId === undefined
      ? ''
      : ` The mail is queued as message ${messageId}; the running server sends it.`;
  cli.print(`The address of ${orderId} is corrected; the order is ${status}.${mail}`);
}

async function add(cli: Cli, orderId: string, options: AddOptions): Promise<void> {
  const { status, added, messageId } = await withCore(cli, async (core) =>
    valueOf(await addKeys(core.rpc, { orderId, ...options, actor: 'cli' })),
  );
  if (messageId === undefined)
    return cli.print(
      status === 'waiting'
        ? `There is not enough in stock. ${orderId} waits; its keys are mailed as soon as they are there.`
        : `Keys came meanwhile; ${orderId} is ${status}.`,
    );
  cli.print(
    `${count(added, 'key')} added; ${orderId} is ${status}. The mail is queued as message ${messageId}; the running server sends it.`,
  );
}

async function cancel(cli: Cli, orderId: string, reason: string): Promise<void> {
  const { status } = await withCore(cli, async (core) =>
    valueOf(await cancelOrder(core.rpc, { orderId, reason, actor: 'cli' })),
  );
  cli.print(
    status === 'cancelled'
      ? `${orderId} is cancelled, whatever its booking plugin says later.`
      : `${orderId} was cancelled already; it stays so, whatever its booking plugin says later.`,
  );
}
