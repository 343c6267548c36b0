import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mailboxDir, openConfiguredTransport } from '../app.ts';
import type { Config } from '../config.ts';
import { isAddress } from '../config-values.ts';
import { FaultError, makeFault } from '../errors.ts';
import { newUuid } from '../ids.ts';
import { loadBrand } from '../mail/brand.ts';
import type { SendOutcome } from '../mail/classify.ts';
import { sampleMails, type SampleMail } from '../mail/samples.ts';
import { isMailAddress } from '../mail/sender.ts';
import { replyTo } from '../mail/reply-to.ts';
import { nearestWord } from '../nearest-word.ts';
import type { Cli } from './cli.ts';
import { paintFor, plainLines } from './table.ts';
import { UsageError } from './usage.ts';

/** Sends one sample as a real mail is sent: same transport, same headers, made-up keys. Needs no database and no running server. */
export async function sendTest(cli: Cli, typed: string, template: string): Promise<void> {
  const address = typed.trim();
  if (!isAddress(address) || !isMailAddress(address)) throw new FaultError(makeFault('email.invalid', {}));
  const config = cli.config();
  const brand = loadBrand();
  const { mail } = pick(sampleMails(brand, config.publicUrl), template);
  const messageId = newUuid();
  const transport = openConfiguredTransport(config, brand);
  const isForBuyer = !template.startsWith('admin-');
  try {
    const outcome = await transport.send({
      messageId,
      ...mail,
      to: { address },
      subject: `Test: ${mail.subject}`,
      ...(isForBuyer && replyTo(brand)),
      metadata: { message: messageId },
    });
    const paint = paintFor(cli);
    const isDone = outcome.kind === 'accepted';
    const sentence = await tell(config, outcome, { address, messageId, server: transport.name });
    cli.print((isDone ? paint.green : paint.red)(plainLines(sentence)));
    if (!isDone) cli.exitWith(1);
  } finally {
    transport.close();
  }
}

function pick(samples: SampleMail[], template: string): SampleMail {
  const found = samples.find((sample) => sample.template === template);
  if (found) return found;
  const names = [...new Set(samples.map((sample) => sample.template))];
  const near = nearestWord(template, names);
  throw new UsageError(
    `There is no mail ${JSON.stringify(template)}.${near ? ` Did you mean ${near}?` : ''} There are: ${names.join(', ')}.`,
  );
}

interface Sent {
  address: string;
  messageId: string;
  /** The transport's name. */
  server: string;
}

/** What became of the mail, and the way out. */
async function tell(config: Config, outcome: SendOutcome, sent: Sent): Promise<string> {
  switch (outcome.kind) {
    case 'accepted':
      return config.mail.kind === 'mailbox'
        ? `The mail is in ${await mailboxFile(config, sent.messageId)}. Nothing was sent: KEYBANK_MAIL is the local mailbox.`
        : `${sent.server} took the mail for ${sent.address}. That is no delivery yet: look into that mailbox, and into its spam folder. What to look for in the headers: docs/mail.md, "Test it".`;
    case 'configuration':
      return `Not sent: ${outcome.why}. ${CONFIGURATION[config.mail.kind]} A real mail would wait in the queue until that is right.`;
    case 'permanent':
      return `Refused for good: ${outcome.why}. Either there is no mailbox ${sent.address}, or ${sent.server} does not let you send as ${config.mailFrom} (KEYBANK_MAIL_FROM).`;
    case 'transient':
      return `Not sent for now: ${outcome.why}. Try again in some minutes; a real mail would be tried again by itself, for three days. If it stays so, look at the host and the port in KEYBANK_MAIL, and whether this machine may reach them.`;
    case 'unknown':
      return `The mail may have arrived: ${outcome.why}. Look into the mailbox of ${sent.address} before you try again.`;
  }
}

const CONFIGURATION: Record<Config['mail']['kind'], string> = {
  smtp: 'Look at KEYBANK_MAIL: user and password (percent-encoded), the port (587 for smtp://, 465 for smtps://), and ?tls=.',
  postmark:
    'Look at KEYBANK_MAIL: after postmark: stands a server token, from the tab API Tokens of the server.',
  sendgrid: 'Look at KEYBANK_MAIL: after sendgrid: stands an API key that has the right Mail Send.',
  mailbox: 'Look at KEYBANK_DATA_DIR: this account must be able to write into its folder mailbox.',
};

async function mailboxFile(config: Config, messageId: string): Promise<string> {
  const folder = mailboxDir(config);
  const name = (await readdir(folder)).find((one) => one.endsWith(`${messageId}.eml`));
  return join(folder, name ?? '');
}
