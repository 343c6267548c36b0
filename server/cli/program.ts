import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { addAttentionCommands } from './attention.ts';
import { addAuditCommands } from './audit.ts';
import { addCheckCommand } from './check.ts';
import type { Cli } from './cli.ts';
import { addDeliveriesCommands } from './deliveries.ts';
import { addHealthCommand } from './health.ts';
import { addKeysCommands } from './keys-import.ts';
import { addMailCommands } from './mail.ts';
import { addOrdersCommands } from './orders.ts';
import { addProductsCommands } from './products.ts';
import { addServiceCommands } from './service.ts';
import { addSitesCommand } from './sites.ts';
import { addStaffCommands } from './staff.ts';
import { addStockCommand } from './stock.ts';
import { addVerifyCommand } from './verify.ts';
import { addWordPressCommand } from './wordpress.ts';

/** The command line: one line a file of commands. */
export function buildProgram(cli: Cli): Command {
  const program = new Command('keybank')
    .description('A booking comes in, a license key goes out.')
    .version(VERSION, '-V, --version', 'say the version')
    .exitOverride()
    .showHelpAfterError('(keybank --help tells the commands)');
  addServiceCommands(program, cli);
  addCheckCommand(program, cli);
  addKeysCommands(program, cli);
  addStockCommand(program, cli);
  addOrdersCommands(program, cli);
  addAttentionCommands(program, cli);
  addDeliveriesCommands(program, cli);
  addProductsCommands(program, cli);
  addMailCommands(program, cli);
  addSitesCommand(program, cli);
  addStaffCommands(program, cli);
  addAuditCommands(program, cli);
  addHealthCommand(program, cli);
  addVerifyCommand(program, cli);
  addWordPressCommand(program, cli);
  return program;
}
