import type { Command } from 'commander';
import { valueOf } from '../errors.ts';
import { getOrder } from '../orders/get-order.ts';
import { lookupOrders } from '../orders/lookup.ts';
import { replayByStaff } from '../orders/replay-by-staff.ts';
import { resendOrder } from '../orders/resend.ts';
import { withCore, type Cli } from './cli.ts';
import { addOrderActs } from './orders-acts.ts';
import { addWaitingCommand } from './orders-waiting.ts';
import { orderText } from './order-text.ts';
import { table } from './table.ts';

export function addOrdersCommands(program: Command, cli: Cli): void {
  const orders = program.command('orders').description('find orders and act on them');
  orders
    .command('lookup')
    .description(
      'find orders by order id, e-mail, beginning of the name, coupon, full key, or the last four characters of a key',
    )
    .argument('<query>')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((query: string, options: { cursor?: string }) => lookup(cli, query, options.cursor));
  addWaitingCommand(orders, cli);
  addOrderActs(orders, cli);
  orders
    .command('show')
    .description('everything about one order, keys by their last four characters')
    .argument('<order id>', 'e.g. amelia:13')
    .action((orderId: string) => show(cli, orderId));
  orders
    .command('resend')
    .description(
      'mail the same keys again; of an order that waits for stock, correct the address: its buyer is told at once that the key is on its way',
    )
    .argument('<order id>', 'e.g. amelia:13')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .option('--email <address>', 'a corrected address; it becomes the order’s. A waiting order needs one')
    .action((orderId: string, options: { reason: string; email?: string }) => resend(cli, orderId, options));
  orders
    .command('replay')
    .description('read the order’s last delivery again, with today’s mappings')
    .argument('<order id>', 'e.g. amelia:13')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((orderId: string, options: { reason: string }) => replay(cli, orderId, options.reason));
}

async function lookup(cli: Cli, query: string, cursor: string | undefined): Promise<void> {
  const { orders, next } = await withCore(cli, async (core) =>
    valueOf(await lookupOrders(core, { query, cursor })),
  );
  if (orders.length === 0) {
    cli.print('Nothing was found.');
    return cli.exitWith(1);
  }
  const headings = ['ORDER', 'STATUS', 'E-MAIL', 'NAME', 'COUPON', 'SKU', 'KEYS', 'CREATED'];
  const rows = orders.map((order) => [
    order.orderId,
    order.status,
    order.email ?? '–',
    order.name ?? '–',
    order.coupon ?? '–',
    order.sku ?? '–',
    order.keysMasked.join(' ') || '–',
    order.createdAt.slice(0, 16).replace('T', ' '),
  ]);
  cli.print(
    table(
      cli,
      headings.map((heading) => ({ heading })),
      rows,
    ),
  );
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

async function show(cli: Cli, orderId: string): Promise<void> {
  const page = await withCore(cli, async (core) => valueOf(await getOrder(core, { orderId })));
  cli.print(orderText(cli, page));
}

async function resend(cli: Cli, orderId: string, options: { reason: string; email?: string }): Promise<void> {
  const { messageId } = await withCore(cli, async (core) =>
    valueOf(await resendOrder(core.rpc, { orderId, ...options, actor: 'cli' })),
  );
  cli.print(`The mail is queued as message ${messageId}; the running server sends it.`);
}

async function replay(cli: Cli, orderId: string, reason: string): Promise<void> {
  const { status } = await withCore(cli, async (core) =>
    valueOf(await replayByStaff(core.rpc, { orderId, reason, actor: 'cli' })),
  );
  cli.print(`Read again: ${orderId} is ${status}.`);
}
