import type { Command } from 'commander';
import { siteStates, type SiteState } from '../drift/sites.ts';
import { withCore, type Cli } from './cli.ts';
import { paintFor, table, type Paint } from './table.ts';

export function addSitesCommand(program: Command, cli: Cli): void {
  program
    .command('sites')
    .description('when each WordPress site last sent its list of bookings, and what differed')
    .action(() => showSites(cli));
}

async function showSites(cli: Cli): Promise<void> {
  const states = await withCore(cli, (core) => siteStates(core));
  if (states.length === 0)
    return cli.print('No site has been heard of yet. The plugin names its site with each booking.');
  const paint = paintFor(cli);
  const columns = [
    ...['SITE', 'ADDRESS', 'BOOKINGS OF', 'PLUGIN', 'LAST LIST (UTC)'].map((heading) => ({ heading })),
    ...['LISTED', 'LACKING HERE', 'UNKNOWN THERE'].map((heading) => ({ heading, align: 'right' as const })),
  ];
  const rows = states.map((state) => [
    state.site === '' ? '(main)' : state.site,
    state.url ?? '–',
    state.source ?? '–',
    state.plugin ?? '–',
    lastList(state, paint),
    ...(state.source === null
      ? ['–', '–', '–']
      : [String(state.listed), drift(state.lacking, paint), drift(state.unknown, paint)]),
  ]);
  cli.print(table(cli, columns, rows));
}

function lastList({ lastAt, isSilent }: SiteState, paint: Paint): string {
  if (lastAt === null) return 'never';
  const minute = lastAt.toISOString().slice(0, 16).replace('T', ' ');
  return isSilent ? paint.red(`${minute} (silent)`) : minute;
}

function drift(count: number, paint: Paint): string {
  return count > 0 ? paint.yellow(String(count)) : '0';
}
