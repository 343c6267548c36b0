import type { Command } from 'commander';
import { FaultError, makeFault, valueOf } from '../errors.ts';
import { getDelivery, readDeliveryId } from '../orders/get-delivery.ts';
import { readReason } from '../staff/reason.ts';
import { withCore, type Cli } from './cli.ts';
import { addInboxCommands } from './deliveries-inbox.ts';
import { plain } from './table.ts';

export function addDeliveriesCommands(program: Command, cli: Cli): void {
  const deliveries = program
    .command('deliveries')
    .description('look at what was delivered, and read it again');
  addInboxCommands(deliveries, cli);
  deliveries
    .command('show')
    .description('what is known of a delivery; its content is not shown')
    .argument('<delivery id>', 'as the order’s page or the mail about it names it')
    .action((id: string) => show(cli, id));
  deliveries
    .command('replay')
    .description('read a stored delivery again, with today’s mappings, also one that made no order')
    .argument('<delivery id>', 'as the order’s page or the mail about it names it')
    .requiredOption('--reason <text>', 'kept with the replay')
    .action((id: string, options: { reason: string }) => replay(cli, id, options.reason));
}

async function show(cli: Cli, text: string): Promise<void> {
  const facts = await withCore(cli, async (core) => valueOf(await getDelivery(core, { deliveryId: text })));
  const { deliveryId, receivedAt, source, site, hook, verdict, flag, size, orders, replayOf } = facts;
  const from = `${source}${site === '' ? '' : `@${site}`}${hook === null ? '' : `, ${hook}`}`;
  const lines = [
    `Delivery ${deliveryId}: ${verdict}`,
    `received ${receivedAt.slice(0, 19).replace('T', ' ')} UTC from ${from}, ${size} bytes kept`,
    ...(replayOf === null ? [] : [`a replay of ${replayOf}`]),
    ...(flag === '' ? [] : [flag]),
    ...orders.map(({ orderId, status, note }) => `${orderId}: ${status}${note ? ` (${note})` : ''}`),
  ];
  cli.print(lines.map(plain).join('\n'));
}

async function replay(cli: Cli, text: string, reasonText: string): Promise<void> {
  const deliveryId = valueOf(readDeliveryId(text));
  const reason = valueOf(readReason(reasonText));
  const receipt = await withCore(cli, (core) => core.rpc.replayDelivery(deliveryId, reason, 'cli'));
  if (!receipt) throw new FaultError(makeFault('delivery.unknown', { deliveryId }));
  const orders = receipt.orders.map(({ orderId, status }) => `; ${orderId} is ${status}`).join('');
  cli.print(`Read again: ${receipt.status}${orders}.`);
}
