import type { Command } from 'commander';
import { valueOf } from '../errors.ts';
import { waitingOrders } from '../orders/waiting.ts';
import { withCore, type Cli } from './cli.ts';
import { table } from './table.ts';

export function addWaitingCommand(orders: Command, cli: Cli): void {
  orders
    .command('waiting')
    .description('the orders that wait for stock, in the order in which they will be served')
    .option('--sku <sku>', 'those that wait for this product')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: { sku?: string; cursor?: string }) => showWaiting(cli, options));
}

async function showWaiting(cli: Cli, options: { sku?: string; cursor?: string }): Promise<void> {
  const { orders, next } = await withCore(cli, async (core) => valueOf(await waitingOrders(core, options)));
  if (orders.length === 0) return cli.print('No order waits for stock.');
  const columns = ['ORDER', 'SINCE (UTC)', 'E-MAIL', 'NAME', 'LACKS'].map((heading) => ({ heading }));
  const rows = orders.map((order) => [
    order.orderId,
    order.since.slice(0, 16).replace('T', ' '),
    order.email ?? '–',
    order.name ?? '–',
    order.waitingFor.map(({ sku, lacking }) => `${lacking} × ${sku}`).join(', ') || '–',
  ]);
  cli.print(table(cli, columns, rows));
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}
