import type { Command } from 'commander';
import { stockLevels } from '../stock/levels.ts';
import { withCore, type Cli } from './cli.ts';
import { paintFor, table } from './table.ts';

export function addStockCommand(program: Command, cli: Cli): void {
  program
    .command('stock')
    .description('what is in stock of every product, what is owed, and how long it lasts')
    .action(() => showStock(cli));
}

async function showStock(cli: Cli): Promise<void> {
  const { products } = await withCore(cli, (core) => stockLevels(core));
  if (products.length === 0)
    return cli.print('There are no products yet. Bring keys in with: keybank keys import FILE --sku SKU');
  const paint = paintFor(cli);
  const columns = [
    { heading: 'SKU' },
    { heading: 'NAME' },
    ...['FREE', 'ASSIGNED', 'HELD', 'REVOKED', 'OWED'].map((heading) => ({
      heading,
      align: 'right' as const,
    })),
    { heading: 'RUNS OUT' },
  ];
  const rows = products.map((line) => [
    line.sku,
    line.name,
    line.available === 0 ? paint.red('0') : String(line.available),
    String(line.assigned),
    String(line.held),
    String(line.revoked),
    line.waiting > 0 ? paint.yellow(String(line.waiting)) : '0',
    line.runsOutAt === null ? '–' : line.runsOutAt.slice(0, 10),
  ]);
  cli.print(table(cli, columns, rows));
}
