import { valueOf } from '../errors.ts';
import { loadBrand } from '../mail/brand.ts';
import { previewMail, revealMail } from '../mail/show-mail.ts';
import { withCore, type Cli } from './cli.ts';
import { plain, plainLines } from './table.ts';
import { UsageError } from './usage.ts';

/** What a mail says now, as text: keys by their last four characters, or whole with a reason that is kept. */
export async function showMail(
  cli: Cli,
  messageId: string,
  { reveal = false, reason }: { reveal?: boolean; reason?: string },
): Promise<void> {
  if (reveal && reason === undefined)
    throw new UsageError('--reveal wants a --reason; the audit trail keeps it.');
  if (!reveal && reason !== undefined) throw new UsageError('--reason is for --reveal.');
  const brand = loadBrand();
  const mail = await withCore(cli, async (core) => {
    const deps = { ...core.rpc, brand };
    return valueOf(
      reason === undefined
        ? await previewMail(deps, { messageId })
        : await revealMail(deps, { messageId, reason, actor: 'cli' }),
    );
  });
  cli.print(`Subject: ${plain(mail.subject)}\n\n${plainLines(mail.text)}`);
  if (mail.masked)
    cli.note('Keys stand here by their last four characters; --reveal --reason TEXT shows them whole.');
}
