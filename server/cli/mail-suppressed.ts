import { valueOf } from '../errors.ts';
import { allowAddress, listSuppressed } from '../mail/suppressions.ts';
import { withCore, type Cli } from './cli.ts';
import { table } from './table.ts';

export async function showSuppressed(cli: Cli, cursor: string | undefined): Promise<void> {
  const { suppressed, next } = await withCore(cli, async (core) =>
    valueOf(await listSuppressed(core, { cursor })),
  );
  if (suppressed.length === 0) return cli.print('No address is suppressed: mail goes to everybody.');
  const columns = ['ADDRESS', 'REASON', 'SINCE (UTC)', 'PROVIDER', 'DETAIL'].map((heading) => ({ heading }));
  const rows = suppressed.map(({ address, reason, since, provider, detail }) => [
    address,
    reason,
    since.toISOString().slice(0, 16).replace('T', ' '),
    provider,
    detail || '–',
  ]);
  cli.print(table(cli, columns, rows));
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

export async function allow(cli: Cli, address: string, reason: string): Promise<void> {
  const allowed = await withCore(cli, async (core) =>
    valueOf(await allowAddress(core.rpc, { address, reason, actor: 'cli' })),
  );
  cli.print(
    `Mail goes to ${allowed.address} again. Nothing was sent now; for that: npx keybank orders resend ORDER --reason TEXT. If your mail service keeps a list of its own, take the address off there too (docs/mail.md).`,
  );
}
