import type { Command } from 'commander';
import { stockLevels, type StockLine } from '../stock/levels.ts';
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
    runsOut(line),
  ]);
  cli.print(table(cli, columns, rows));
}

/** A day; `10+ years` for a stock that outlasts every forecast; nothing while none is sold. */
export function runsOut({ runsOutAt, perDay }: Pick<StockLine, 'perDay' | 'runsOutAt'>): string {
  if (runsOutAt !== null) return runsOutAt.slice(0, 10);
  return perDay > 0 ? '10+ years' : '–';
}
