import { Option, type Command } from 'commander';
import { SOURCES, type ItemKind, type Source } from '../../shared/booking-event.ts';
import { valueOf } from '../errors.ts';
import { isMailLink } from '../mail/link.ts';
import { nearestWord } from '../nearest-word.ts';
import { deleteMapping, saveMapping, sells } from '../products/mappings.ts';
import { MAX_INSTRUCTIONS } from '../../shared/instructions.ts';
import { saveProduct } from '../products/save-product.ts';
import type { ItemRef, MappingRow } from '../store/rows.ts';
import { isSiteSlug } from '../webhook/site.ts';
import { withCore, type Cli } from './cli.ts';
import { table } from './table.ts';
import { BY_COMMAND, UsageError, wholeNumber } from './usage.ts';

export function addProductsCommands(program: Command, cli: Cli): void {
  const products = program.command('products').description('what is sold, and which course sells it');
  products
    .command('list')
    .description('the products')
    .action(() => list(cli));
  products
    .command('add')
    .description('make a product, or change it')
    .argument('<sku>')
    .option('--name <text>', 'as mails call it')
    .option('--low-stock <number>', 'warn below this many free keys', wholeNumber(0, 1_000_000))
    .option('--hold-minutes <number>', 'how long a pending booking holds keys', wholeNumber(0, 525_600))
    .addOption(new Option('--on-cancel <what>', 'a key that may have been seen').choices(['keep', 'revoke']))
    .option(
      '--activation-url <url>',
      'where a key is redeemed, behind the button of the key mail; "" for none',
    )
    .option('--instructions <text>', 'what the buyer does with the key, under it in the mail; "" for none')
    .addOption(
      new Option(
        '--tell-waiting <yes or no>',
        'tell a buyer who waits for a key that it is on its way',
      ).choices(['yes', 'no']),
    )
    .option('--reason <text>', 'kept in the audit trail', BY_COMMAND)
    .action((sku: string, options: ProductOptions) => add(cli, sku, options));
  products
    .command('map')
    .description('say which course sells which product')
    .addOption(new Option('--source <plugin>', 'the booking plugin').choices(SOURCES).makeOptionMandatory())
    .option('--service <id>', 'the id of a service')
    .option('--event <id>', 'the id of an event')
    .option('--package <id>', 'the id of a package')
    .option('--site <slug>', 'the slug of a second site; left out, the main one', '')
    .option('--sku <sku>', 'the product it sells')
    .option('--new', 'make the product, when there is none with this SKU')
    .option('--quantity <number>', 'keys per person', wholeNumber(1, 50), 1)
    .addOption(
      new Option('--per <what>', 'what owes the keys of a recurring or package purchase')
        .choices(['booking', 'purchase'])
        .default('booking'),
    )
    .option('--no-key', 'this course sells no key')
    .option('--reason <text>', 'kept in the audit trail', BY_COMMAND)
    .action((options: MapOptions) => map(cli, options));
  products
    .command('unmap')
    .description(
      'take a mapping away; later bookings of the course are for a person, or sell the default product',
    )
    .addOption(new Option('--source <plugin>', 'the booking plugin').choices(SOURCES).makeOptionMandatory())
    .option('--service <id>', 'the id of a service')
    .option('--event <id>', 'the id of an event')
    .option('--package <id>', 'the id of a package')
    .option('--site <slug>', 'the slug of a second site; left out, the main one', '')
    .option('--reason <text>', 'kept in the audit trail', BY_COMMAND)
    .action((options: ItemOptions) => unmap(cli, options));
  products
    .command('mappings')
    .description('which course sells what')
    .action(() => mappings(cli));
}

interface ProductOptions {
  name?: string;
  lowStock?: number;
  holdMinutes?: number;
  onCancel?: 'keep' | 'revoke';
  activationUrl?: string;
  instructions?: string;
  tellWaiting?: 'yes' | 'no';
  reason: string;
}

interface ItemOptions {
  source: Source;
  service?: string;
  event?: string;
  package?: string;
  site: string;
  reason: string;
}

interface MapOptions extends ItemOptions {
  sku?: string;
  new?: boolean;
  quantity: number;
  per: 'booking' | 'purchase';
  /** False with --no-key. */
  key: boolean;
}

async function list(cli: Cli): Promise<void> {
  const products = await withCore(cli, (core) => core.store.listProducts());
  if (products.length === 0)
    return cli.print('There are no products yet. Make one with: keybank products add SKU');
  const headings = ['SKU', 'NAME', 'WARN BELOW', 'HOLD (MIN)', 'ON CANCEL', 'TELLS WAITING'].map(
    (heading) => ({ heading }),
  );
  const rows = products.map((product) => [
    product.sku,
    product.name,
    product.lowStock === null ? 'default' : String(product.lowStock),
    String(product.holdMinutes),
    product.onCancel,
    product.tellWaiting ? 'yes' : 'no',
  ]);
  cli.print(table(cli, headings, rows));
}

async function add(cli: Cli, sku: string, options: ProductOptions): Promise<void> {
  const { tellWaiting: answer, activationUrl, instructions, reason, ...wish } = options;
  // Another address would silently be left out of the mails.
  if (activationUrl && !isMailLink(activationUrl))
    throw new UsageError('--activation-url: mails link to addresses that begin with https:// alone.');
  if (instructions && instructions.length > MAX_INSTRUCTIONS)
    throw new UsageError(
      `--instructions: ${instructions.length} characters; a mail takes ${MAX_INSTRUCTIONS} at most.`,
    );
  const product = {
    sku,
    ...wish,
    // Empty text takes the former one away; left out, it stays.
    activationUrl: activationUrl === '' ? null : activationUrl,
    instructions: instructions === '' ? null : instructions,
    tellWaiting: answer && answer === 'yes',
  };
  const { created } = await withCore(cli, async (core) =>
    valueOf(await saveProduct(core.rpc, { product, reason, actor: 'cli' })),
  );
  cli.print(created ? `Product ${sku} was made.` : `Product ${sku} was there; what you named is saved.`);
}

async function map(cli: Cli, options: MapOptions): Promise<void> {
  const mapping = readMapping(options);
  const { newProduct } = await withCore(cli, async (core) => {
    const { reason } = options;
    const saved = await saveMapping(core.rpc, { mapping, reason, actor: 'cli', onlyKnown: !options.new });
    if (!saved.ok && saved.fault.code === 'product.unknown')
      throw new Error(noProduct(mapping.sku ?? '', await core.store.listProducts()));
    return valueOf(saved);
  });
  cli.print(`${courseName(mapping)} sells ${sells(mapping)}.${newProduct ? ' The product is new.' : ''}`);
}

function noProduct(sku: string, products: { sku: string }[]): string {
  const near = nearestWord(
    sku,
    products.map((product) => product.sku),
  );
  const hint = near === null ? 'keybank products list shows those that are there.' : `Did you mean ${near}?`;
  return `There is no product ${sku}; nothing was changed. ${hint} Otherwise import its keys first, or add --new.`;
}

async function unmap(cli: Cli, options: ItemOptions): Promise<void> {
  const item = readItem(options);
  const { reason } = options;
  await withCore(cli, async (core) => valueOf(await deleteMapping(core.rpc, { item, reason, actor: 'cli' })));
  cli.print(`${courseName(item)} is mapped no more; orders that were served stay as they are.`);
}

function readMapping(options: MapOptions): MappingRow {
  const item = readItem(options);
  const { quantity, per } = options;
  if ((options.sku === undefined) === options.key)
    throw new UsageError('Say what the course sells: either --sku SKU or --no-key.');
  return { ...item, sku: options.sku ?? null, quantity, per };
}

function readItem(options: ItemOptions): ItemRef {
  const { source, site } = options;
  const items: [ItemKind, string | undefined][] = [
    ['service', options.service],
    ['event', options.event],
    ['package', options.package],
  ];
  const named = items.flatMap(([kind, id]) => (id === undefined ? [] : [{ kind, itemId: id.trim() }]));
  const [item] = named;
  if (source === 'bookly' && options.event !== undefined)
    throw new UsageError('Bookly has no events: its courses are services. Name one: --service ID.');
  if (!item || named.length > 1 || item.itemId === '' || item.itemId.length > 80)
    throw new UsageError('Name one course: --service ID, --event ID or --package ID.');
  if (site !== '' && !isSiteSlug(site))
    throw new UsageError('A site is named by its slug: small letters, digits and hyphens.');
  return { site, source, ...item };
}

async function mappings(cli: Cli): Promise<void> {
  const rows = await withCore(cli, (core) => core.store.listMappings());
  if (rows.length === 0)
    return cli.print(
      'No course is mapped yet. For example: keybank products map --source amelia --service 1 --sku SKU',
    );
  const headings = ['COURSE', 'SELLS'].map((heading) => ({ heading }));
  cli.print(
    table(
      cli,
      headings,
      rows.map((row) => [courseName(row), sells(row)]),
    ),
  );
}

function courseName({ source, site, kind, itemId }: ItemRef): string {
  return `${source}${site === '' ? '' : `@${site}`} ${kind} ${itemId}`;
}
