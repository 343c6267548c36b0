import { listMails, MAIL_LISTS, TROUBLES } from '../mail/list-mails.ts';
import { retryMails } from '../mail/retry-mails.ts';
import { valueOf } from '../errors.ts';
import { withCore, type Cli } from './cli.ts';
import { count, table } from './table.ts';
import { UsageError } from './usage.ts';

interface ListOptions {
  show: string;
  status?: string;
  cursor?: string;
}

export async function showMails(cli: Cli, { show: word, status: wish, cursor }: ListOptions): Promise<void> {
  const show = MAIL_LISTS.find((list) => list === word);
  if (!show) throw new UsageError(`--show is one of ${MAIL_LISTS.join(', ')}.`);
  const status = TROUBLES.find((trouble) => trouble === wish);
  if (wish !== undefined && !status) throw new UsageError(`--status is one of ${TROUBLES.join(', ')}.`);
  const { messages, next } = await withCore(cli, async (core) =>
    valueOf(await listMails(core, { show, status, cursor })),
  );
  if (messages.length === 0) return cli.print('There is no such mail.');
  const columns = ['MESSAGE', 'KIND', 'ORDER', 'TO', 'STATUS', 'TRIES', 'DUE (UTC)', 'LAST ANSWER'].map(
    (heading) => ({ heading }),
  );
  const rows = messages.map((mail) => [
    mail.messageId,
    mail.kind,
    mail.orderId ?? '–',
    mail.recipient,
    mail.status,
    String(mail.attempts),
    mail.dueAt?.slice(0, 19).replace('T', ' ') ?? '–',
    mail.lastError ?? mail.lastCode ?? '–',
  ]);
  cli.print(table(cli, columns, rows));
  if (next !== undefined) cli.note(`There is more: add --cursor ${next}`);
}

export async function retry(cli: Cli, messageIds: string[], reason: string): Promise<void> {
  if (messageIds.length > 100) throw new UsageError('At most 100 mails at once.');
  const { retried, refused } = await withCore(cli, async (core) =>
    valueOf(await retryMails(core.rpc, { messageIds, reason, actor: 'cli' })),
  );
  for (const { messageId, why } of refused) cli.print(`${messageId}: ${why}`);
  if (retried.length > 0)
    cli.print(`Queued again: ${count(retried.length, 'mail')}; the running server sends it.`);
  cli.exitWith(refused.length > 0 ? 1 : 0);
}
