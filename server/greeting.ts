import type { Running } from './start.ts';

/**
 * What a person reads after `npm start`. SECURITY: tokens are shown on a terminal only; elsewhere (a log file, a
 * container) their place is named.
 */
export function greeting({ app, url }: Running, isTerminal: boolean): string {
  const { config, tokens } = app;
  const base = config.publicUrl.endsWith(`:${config.port}`) && config.port === 0 ? url : config.publicUrl;
  const hookFile = tokens.webhookTokenPath ?? 'KEYBANK_WEBHOOK_TOKEN';
  const staffFile = tokens.staffTokenPath ?? 'KEYBANK_STAFF_TOKEN';
  const token = isTerminal ? (tokens.webhookTokens[0] ?? '') : '<token>';
  const database =
    app.databaseFolder === null
      ? app.store.version
      : `${app.store.version}, embedded, in ${app.databaseFolder}`;
  const lines: [string, string][] = [
    ['Address', url],
    ['Database', database],
    ['Mails', app.transport.name === 'mailbox' ? `local mailbox ${app.mailboxDir}` : app.transport.name],
    ['Amelia', `${base}/webhooks/amelia?token=${token}`],
    ['Bookly', `${base}/webhooks/bookly?token=${token}`],
    ...(isTerminal ? [] : ([['Webhook token', `in ${hookFile}`]] as [string, string][])),
    [
      'Staff token',
      app.staffTokenOpens ? `in ${staffFile}` : `the one in ${staffFile} opens nothing any more`,
    ],
  ];
  const wide = Math.max(...lines.map(([name]) => name.length));
  const table = lines.map(([name, text]) => `  ${name.padEnd(wide)}  ${text}`).join('\n');
  return `\nKey Bank is running.\n\n${table}\n\n${nextSteps(base, config.mail.kind === 'mailbox' ? app.mailboxDir : null)}\n`;
}

/** `mailbox` is null when mail really goes out: then the sample goes to an address that the person names. */
function nextSteps(url: string, mailbox: string | null): string {
  const trial = `npx keybank try --service 1${mailbox ? '' : ' --email you@example.com'}`;
  return [
    `What next: open ${url} and sign in with the staff token; the page goes on from there.`,
    'Or in a second terminal, in this folder:',
    '  1. npx keybank keys import keys.txt --sku COURSE-A      one key a line, or a CSV file',
    '  2. npx keybank products map --source amelia --service 1 --sku COURSE-A',
    `  3. ${trial.padEnd(52)} sends a sample booking through the webhook`,
    `  4. ${'npx keybank wordpress'.padEnd(52)} prints the lines for WordPress's wp-config.php`,
    mailbox ? `The mail of step 3 lands in ${mailbox}. Stop with Ctrl-C.` : 'Stop with Ctrl-C.',
  ].join('\n');
}
