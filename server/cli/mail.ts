import type { Command } from 'commander';
import { listStatus } from './mail-status.ts';
import { previewMails } from './mail-preview.ts';
import { retry, showMails } from './mail-queue.ts';
import { sendTest } from './mail-send-test.ts';
import { showMail } from './mail-show.ts';
import { allow, showSuppressed } from './mail-suppressed.ts';
import type { Cli } from './cli.ts';

export function addMailCommands(program: Command, cli: Cli): void {
  const mail = program.command('mail').description('look at the mails, test them, and who gets none');
  mail
    .command('preview')
    .description('show all mails with made-up samples in the browser')
    .option('--out <folder>', 'write the pages there; left out, into a new temporary folder')
    .option('--no-open', 'do not open the browser')
    .action((options: { out?: string; open: boolean }) => previewMails(cli, options));
  mail
    .command('send-test')
    .description('send one sample through the configured mail server')
    .argument('<address>', 'who gets it')
    .option('--template <name>', 'which mail, e.g. key-waiting', 'key')
    .action((address: string, options: { template: string }) => sendTest(cli, address, options.template));
  mail
    .command('status')
    .description(
      'how many mails are in which state, and whether the mail server takes them; status 1 when the settings are wrong',
    )
    .action(() => listStatus(cli));
  mail
    .command('list')
    .description('what is still to be sent, in the order it leaves; or what is in trouble, or all mails')
    .option('--show <list>', 'queue, trouble or all', 'queue')
    .option('--status <status>', 'of mails in trouble: failed, unknown, bounced or complained')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: { show: string; status?: string; cursor?: string }) => showMails(cli, options));
  mail
    .command('show')
    .description('what one mail says now, keys by their last four characters')
    .argument('<message id>', 'as the list, or the page of an order, names it')
    .option('--reveal', 'whole keys; the audit trail says who looked')
    .option('--reason <text>', 'why; with --reveal')
    .action((id: string, options: { reveal?: boolean; reason?: string }) => showMail(cli, id, options));
  mail
    .command('retry')
    .description('queue mails again that failed, are in doubt, or wait for their next try')
    .argument('<message ids...>', 'as the list names them')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((ids: string[], options: { reason: string }) => retry(cli, ids, options.reason));
  mail
    .command('suppressed')
    .description('the addresses that mail came back from, or whose owner complained; none is sent there')
    .option('--cursor <mark>', 'the next page, as the page before names it')
    .action((options: { cursor?: string }) => showSuppressed(cli, options.cursor));
  mail
    .command('allow')
    .description('let mail through to such an address again')
    .argument('<address>')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action((address: string, options: { reason: string }) => allow(cli, address, options.reason));
}
