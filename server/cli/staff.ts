import { Option, type Command } from 'commander';
import type { CoreApp } from '../app.ts';
import { valueOf } from '../errors.ts';
import { addStaff } from '../staff/add-staff.ts';
import { changeStaff } from '../staff/change-staff.ts';
import { listStaff } from '../staff/list-staff.ts';
import type { Member } from '../staff/member.ts';
import { renewToken } from '../staff/renew-token.ts';
import { revokeStaff } from '../staff/revoke-staff.ts';
import { RIGHTS, ROLES, type Right } from '../staff/rights.ts';
import { hashToken } from '../staff/token.ts';
import type { StaffRow } from '../store/rows.ts';
import { withCore, type Cli } from './cli.ts';
import { namedMember } from './named-member.ts';
import { table } from './table.ts';
import { BY_COMMAND, UsageError } from './usage.ts';

export function addStaffCommands(program: Command, cli: Cli): void {
  const staff = program.command('staff').description('who works here, and who may do what');
  const role = (what: string) => new Option('--role <role>', what).choices(ROLES);
  const why = ['--reason <text>', 'kept in the audit trail', BY_COMMAND] as const;
  const who = ['<name or id>', 'as the list shows them'] as const;
  staff
    .command('add')
    .description('add a member of staff; their token is printed, this once')
    .argument('<name>')
    .addOption(role('what they may do').default('viewer'))
    .option('--may <right...>', `rights beyond the role: ${RIGHTS.join(', ')}`)
    .option(...why)
    .action((name: string, options: AddOptions) => add(cli, name, options));
  staff
    .command('list')
    .description('everybody with their rights, those who were revoked last')
    .action(() => list(cli));
  staff
    .command('change')
    .description('give another role, or other rights beyond it; it holds at once')
    .argument(...who)
    .addOption(role('what they may do from now on'))
    .option('--may <right...>', 'rights beyond the role, in place of those before; "none" takes them away')
    .option(...why)
    .action((word: string, options: ChangeOptions) => change(cli, word, options));
  staff
    .command('renew')
    .description('make a new token, printed this once; the old one opens nothing from then on')
    .argument(...who)
    .option(...why)
    .action((word: string, options: { reason: string }) => renew(cli, word, options.reason));
  staff
    .command('revoke')
    .description('end the token and the sessions of a member, for good')
    .argument(...who)
    .option(...why)
    .action((word: string, options: { reason: string }) => revoke(cli, word, options.reason));
}

interface AddOptions {
  role: StaffRow['role'];
  may?: string[];
  reason: string;
}

interface ChangeOptions {
  role?: StaffRow['role'];
  may?: string[];
  reason: string;
}

async function add(cli: Cli, name: string, { role, may = [], reason }: AddOptions): Promise<void> {
  const grants = rightsIn(may);
  await withCore(cli, async (core) =>
    handOver(cli, valueOf(await addStaff(core.rpc, { name, role, grants, reason, actor: 'cli' }))),
  );
}

async function renew(cli: Cli, word: string, reason: string): Promise<void> {
  await withCore(cli, async (core) => {
    const { staffId } = namedMember(await listStaff(core), word);
    const place = await placeOfToken(core, staffId);
    handOver(cli, valueOf(await renewToken(core.rpc, { staffId, reason, actor: 'cli' })));
    if (place) cli.note(`The token in ${place} opens nothing any more: put the new one there.`);
  });
}

/** The token alone goes to standard output, so that it can be piped into a file or a password store. */
function handOver(cli: Cli, { staffId, name, role, token }: Member & { token: string }): void {
  cli.note(
    `${name} is staff:${staffId}, ${role}. This token is shown once; hand it over where nobody listens:`,
  );
  cli.print(token);
}

async function change(cli: Cli, word: string, { role, may, reason }: ChangeOptions): Promise<void> {
  if (role === undefined && may === undefined)
    throw new UsageError('Say what changes: --role ROLE, --may RIGHT..., or both.');
  const grants = may && (may.join() === 'none' ? [] : rightsIn(may));
  const member = await withCore(cli, async (core) => {
    const { staffId } = namedMember(await listStaff(core), word);
    return valueOf(await changeStaff(core.rpc, { staffId, role, grants, reason, actor: 'cli' }));
  });
  cli.print(`${member.name} is ${member.role} from now on, and may: ${member.rights.join(', ')}.`);
}

async function revoke(cli: Cli, word: string, reason: string): Promise<void> {
  await withCore(cli, async (core) => {
    const { staffId, name } = namedMember(await listStaff(core), word);
    const place = await placeOfToken(core, staffId);
    valueOf(await revokeStaff(core.rpc, { staffId, reason, actor: 'cli' }));
    cli.print(`${name} (staff:${staffId}) is revoked; the token and all sessions are dead.`);
    if (place) cli.note(`It was the token in ${place}: put another admin's there.`);
  });
}

/** Where the server keeps this member's token; null when it is the token of somebody else. */
async function placeOfToken({ store, tokens }: CoreApp, staffId: number): Promise<string | null> {
  const owner = await store.findStaffByTokenHash({ tokenHash: hashToken(tokens.staffToken) });
  return owner?.id === staffId ? (tokens.staffTokenPath ?? 'KEYBANK_STAFF_TOKEN') : null;
}

function rightsIn(words: string[]): Right[] {
  const wrong = words.find((word) => !RIGHTS.some((right) => right === word));
  if (wrong !== undefined)
    throw new UsageError(`There is no right ${wrong}. There are: ${RIGHTS.join(', ')}.`);
  return RIGHTS.filter((right) => words.includes(right));
}

async function list(cli: Cli): Promise<void> {
  const members = await withCore(cli, listStaff);
  const headings = ['ID', 'NAME', 'ROLE', 'BEYOND IT', 'SINCE (UTC)', 'LAST USED (UTC)', 'REVOKED (UTC)'];
  const rows = members.map((member) => [
    String(member.staffId),
    member.name,
    member.role,
    member.grants.join(' ') || '–',
    minuteOf(member.createdAt),
    minuteOf(member.lastUsedAt),
    minuteOf(member.revokedAt),
  ]);
  cli.print(
    table(
      cli,
      headings.map((heading) => ({ heading })),
      rows,
    ),
  );
}

function minuteOf(at: string | null): string {
  return at?.slice(0, 16).replace('T', ' ') ?? '–';
}
