import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { keepTokens } from '../tokens.ts';
import type { Cli } from './cli.ts';

export function addWordPressCommand(program: Command, cli: Cli): void {
  program
    .command('wordpress')
    .description('print the lines that the WordPress plugin needs in wp-config.php')
    .option('--show', 'print the secrets also when the output is no terminal')
    .action((options: { show?: boolean }) => printLines(cli, options.show ?? false));
}

async function printLines(cli: Cli, show: boolean): Promise<void> {
  const config = cli.config();
  const tokens = await keepTokens({ dataDir: config.dataDir, config });
  // SECURITY: as with the greeting, what is not a terminal may be a log file.
  const secret = (text: string, place: string) => (show || cli.isTerminal ? text : `<${place}>`);
  const tokenPlace = tokens.webhookTokenPath ?? 'KEYBANK_WEBHOOK_TOKEN of this server';
  cli.note('Put these lines into wp-config.php, above the line "That\'s all, stop editing":\n');
  cli.print(define('KEYBANK_URL', config.publicUrl));
  cli.print(define('KEYBANK_TOKEN', secret(tokens.webhookTokens[0] ?? '', tokenPlace)));
  if (config.signingSecret !== null)
    cli.print(
      define('KEYBANK_SIGNING_SECRET', secret(config.signingSecret, 'KEYBANK_SIGNING_SECRET of this server')),
    );
  for (const advice of adviceFor(config)) cli.note(`\n${advice}`);
}

function adviceFor({ signingSecret, publicUrl }: Config): string[] {
  const { hostname } = new URL(publicUrl);
  const advice: string[] = [];
  if (signingSecret === null)
    advice.push(
      'Deliveries are not signed yet. To have them signed, set KEYBANK_SIGNING_SECRET on this server (openssl rand -hex 32 makes one), restart it, and run this again.',
    );
  if (['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
    advice.push(
      `${publicUrl} is reached from this machine only. If WordPress runs elsewhere, set KEYBANK_PUBLIC_URL and run this again.`,
    );
  return advice;
}

/** As PHP reads it: in single quotes, only these two characters need a backslash. */
function define(name: string, value: string): string {
  return `define( '${name}', '${value.replace(/[\\']/g, '\\$&')}' );`;
}
