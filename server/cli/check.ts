import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { checkDatabase } from './check-database.ts';
import { orderLinks } from '../mail/link.ts';
import type { Cli } from './cli.ts';
import { paintFor } from './table.ts';

export function addCheckCommand(program: Command, cli: Cli): void {
  program
    .command('check')
    .description('check the settings and the database, and leave everything as it is')
    .action(() => check(cli));
}

async function check(cli: Cli): Promise<void> {
  const config = cli.config();
  const tell = ([name, value]: [string, string]) => cli.print(`${name.padEnd(14)} ${value}`);
  const paint = paintFor(cli);
  // First what needs no database: when that cannot be opened, the settings are on the screen all the same.
  factsOf(config).forEach(tell);
  for (const advice of adviceFor(config)) cli.print(paint.yellow(`Mind: ${advice}`));
  const database = await checkDatabase(config);
  database.facts.forEach(tell);
  tell(['Not checked', [...database.unchecked, ...NEVER_CHECKED].join('; ')]);
  cli.print(
    paint.green(
      database.tried ? 'The settings are right, and so is the database.' : 'The settings are right.',
    ),
  );
}

export const NEVER_CHECKED = [
  'whether mails go out (keybank mail send-test sends one)',
  'whether WordPress reaches the public address',
  'whether the port is free',
];

function factsOf(config: Config): [string, string][] {
  const kept = (name: string) => `in ${config.dataDir}/${name} (made on first start)`;
  return [
    ['Listens on', `${config.host}:${config.port}`],
    ['Public address', config.publicUrl],
    ['Mail', config.mail.kind],
    ['Mail from', config.mailFrom],
    ['Mail events', listening(config)],
    ['Admin', config.adminEmail],
    ['Webhook token', config.webhookTokens.length > 0 ? 'configured' : kept('webhook-token')],
    ['Staff token', config.staffToken === null ? kept('staff-token') : 'configured'],
    ['Signatures', config.signingSecret === null ? 'not asked for' : 'required'],
    ['Default SKU', config.defaultSku ?? 'none: an unmapped course is for a person'],
  ];
}

function listening({ postmarkEvents, sendgridEvents }: Config): string {
  const names = [...(postmarkEvents ? ['Postmark'] : []), ...(sendgridEvents ? ['SendGrid'] : [])];
  return names.length === 0 ? 'not listened to' : `taken from ${names.join(' and ')}`;
}

/** What is allowed and yet worth a second look. */
export function adviceFor(config: Config): string[] {
  const advice: string[] = [];
  if (config.webhookTokens.some((token) => !/^[\w.~-]+$/.test(token)))
    advice.push(
      'a webhook token has characters that must be percent-encoded in a URL; best are A–Z a–z 0–9 - and _.',
    );
  if (config.databaseUrl !== null && config.mail.kind === 'mailbox')
    advice.push('KEYBANK_MAIL=mailbox keeps every mail on this machine; real buyers get nothing.');
  if (config.acceptUnsigned.length > 0 && config.signingSecret === null)
    advice.push('KEYBANK_ACCEPT_UNSIGNED has no effect without KEYBANK_SIGNING_SECRET.');
  const isLocal = ['127.0.0.1', '::1', 'localhost'].includes(config.host);
  if (!isLocal && config.publicUrl.startsWith('http://'))
    advice.push(
      'tokens travel in clear text over http://; put TLS in front and set KEYBANK_PUBLIC_URL to https://….',
    );
  if (orderLinks(config.publicUrl, 'amelia:1').length === 0)
    advice.push('orders are not linked in your mails: KEYBANK_PUBLIC_URL is not https.');
  if (config.trustProxy === true)
    advice.push('KEYBANK_TRUST_PROXY=true believes any sender’s X-Forwarded-For; name the proxy’s address.');
  return [...advice, ...eventsAdvice(config)];
}

/** Bounces are told to the mail service's own listener only, and by the service that sends. */
function eventsAdvice({ mail, postmarkEvents, sendgridEvents }: Config): string[] {
  const listeners = [
    { kind: 'postmark', name: 'KEYBANK_POSTMARK_EVENTS', isSet: postmarkEvents !== null },
    { kind: 'sendgrid', name: 'KEYBANK_SENDGRID_EVENTS', isSet: sendgridEvents !== null },
  ];
  return listeners.flatMap(({ kind, name, isSet }) => {
    if (mail.kind === kind && !isSet)
      return [
        `${name} is not set, so a mail that bounces later stays "accepted" here, and nobody hears of it; docs/mail.md has the steps.`,
      ];
    if (mail.kind !== kind && isSet)
      return [`${name} is set, and KEYBANK_MAIL is ${mail.kind}: no events come of the mails it sends.`];
    return [];
  });
}
