import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCoreApp, type CoreApp } from '../../server/app.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { findStaffByToken } from '../../server/staff/token.ts';
import { statusOfCommand } from '../support/command.ts';
import { engines, freshDatabase, type FreshDatabase } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Outcome {
  status: number;
  /** On standard output. */
  printed: string;
  /** On standard error. */
  noted: string;
  failed: string;
}

describe.each(engines())('staff on the command line on %s', (engine) => {
  let database: FreshDatabase;
  let config: Config;
  let core: CoreApp;

  beforeAll(async () => {
    database = await freshDatabase(engine);
    config = parseConfig({
      DATABASE_URL: database.url,
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_DATA_DIR: await tempFolder('staff'),
    });
    core = await openCoreApp(config, silentLog);
  });
  afterAll(async () => {
    await core.close();
    await database.drop();
  });

  async function keybank(...line: string[]): Promise<Outcome> {
    const said: Record<'printed' | 'noted' | 'failed', string[]> = { printed: [], noted: [], failed: [] };
    const status = await statusOfCommand(config, ['staff', ...line], {
      print: (text) => void said.printed.push(text),
      note: (text) => void said.noted.push(text),
      fail: (text) => void said.failed.push(text),
    });
    const [printed = '', noted = '', failed = ''] = Object.values(said).map((lines) => lines.join('\n'));
    return { status, printed, noted, failed };
  }
  const owner = (token: string) => findStaffByToken(core, { token });
  const trail = async (id: number) => core.store.findAudit({ subject: `staff:${id}` });

  test('add prints the token alone, so that it can be piped, and explains it beside', async () => {
    const added = await keybank('add', 'Grace', '--role', 'support', '--may', 'reveal', 'audit');
    expect(added).toMatchObject({ status: 0, failed: '' });
    expect(added.printed).toMatch(/^kb_staff_[\w-]{43}$/);
    expect(added.noted).toMatch(/^Grace is staff:\d+, support\. This token is shown once/);
    expect(added.noted).not.toContain(added.printed);
    const grace = await owner(added.printed);
    expect(grace).toMatchObject({ name: 'Grace', role: 'support', grants: 'reveal audit' });
    expect(await trail(grace?.id ?? 0)).toMatchObject([
      { actor: 'cli', action: 'staff.added', reason: 'by command' },
    ]);
  });

  test('add gives the least role when none is named', async () => {
    const { printed } = await keybank('add', 'Edith', '--reason', 'a new agent');
    const edith = await owner(printed);
    expect(edith).toMatchObject({ role: 'viewer', grants: '' });
    expect(await trail(edith?.id ?? 0)).toMatchObject([{ reason: 'a new agent' }]);
  });

  test('change, renew and revoke find a member by name in any letter case, or by id', async () => {
    const { printed: first } = await keybank('add', 'Karen Sparck Jones');
    const id = String((await owner(first))?.id);
    expect(await keybank('change', 'karen sparck jones', '--role', 'support', '--may', 'reveal')).toEqual({
      status: 0,
      printed:
        'Karen Sparck Jones is support from now on, and may: read, resend, replay, cancel, replace, revoke, give, settle, reveal.',
      noted: '',
      failed: '',
    });
    expect((await keybank('change', id, '--may', 'none')).printed).not.toContain('reveal');
    const { printed: second } = await keybank('renew', id);
    expect([await owner(first), (await owner(second))?.role]).toEqual([null, 'support']);
    expect(await keybank('revoke', 'Karen Sparck Jones', '--reason', 'left us')).toMatchObject({
      status: 0,
      printed: `Karen Sparck Jones (staff:${id}) is revoked; the token and all sessions are dead.`,
    });
    expect(await owner(second)).toBeNull();
    expect((await trail(Number(id))).map(({ action, reason }) => [action, reason])).toEqual([
      ['staff.added', 'by command'],
      ['staff.changed', 'by command'],
      ['staff.changed', 'by command'],
      ['staff.renewed', 'by command'],
      ['staff.revoked', 'left us'],
    ]);
    expect(await keybank('revoke', 'Karen Sparck Jones')).toMatchObject({
      status: 1,
      failed: expect.stringContaining(`staff:${id} was revoked`),
    });
  });

  test('a name that was given anew is the one who is here', async () => {
    await keybank('add', 'Alan');
    await keybank('revoke', 'Alan');
    const { printed } = await keybank('add', 'Alan');
    expect((await keybank('change', 'Alan', '--role', 'support')).status).toBe(0);
    expect(await owner(printed)).toMatchObject({ role: 'support' });
  });

  test('list shows who may do what, and no token', async () => {
    const { printed: token } = await keybank('add', 'Mary Jackson', '--role', 'support', '--may', 'reveal');
    await keybank('add', 'Was Here');
    await keybank('revoke', 'Was Here');
    const { printed } = await keybank('list');
    const lines = printed.split('\n');
    expect(lines[0]).toMatch(
      /^ID +NAME +ROLE +BEYOND IT +SINCE \(UTC\) +LAST USED \(UTC\) +REVOKED \(UTC\)$/,
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^\d+ +Mary Jackson +support +reveal +2\d{3}-\d\d-\d\d \d\d:\d\d +– +–$/),
    );
    expect(lines.at(-1)).toMatch(/ \d\d:\d\d$/);
    expect(printed).not.toContain('kb_staff_');
    expect(printed).not.toContain(token);
  });

  test('of two who have one name, the id tells which is meant', async () => {
    const about = { name: 'Twin', role: 'viewer', grants: '', createdAt: new Date() } as const;
    for (const tokenHash of ['one', 'two']) await core.store.insertStaff({ ...about, tokenHash });
    expect(await keybank('revoke', 'twin')).toMatchObject({
      status: 1,
      failed: expect.stringMatching(/^2 members of staff are called twin; .* number: \d+, \d+\.$/),
    });
  });

  test('tell what is wrong, and change nothing', async () => {
    const before = await core.store.listStaff();
    const refused: [number, RegExp, string[]][] = [
      [1, /no member of staff Grcae; nothing was changed\. Did you mean Grace\?/, ['revoke', 'Grcae']],
      [1, /no member of staff 999999; .* staff list shows/, ['revoke', '999999']],
      [1, /has this name already/, ['add', 'GRACE']],
      [1, /a name of 1 to 80 characters/, ['add', '12']],
      [1, /is the last admin; nothing was changed/, ['revoke', 'first admin']],
      [1, /is the last admin; nothing was changed/, ['change', 'first admin', '--role', 'viewer']],
      [2, /Say what changes/, ['change', 'Grace']],
      [2, /There is no right everything\. There are: read, /, ['add', 'Bob', '--may', 'everything']],
      [2, /There is no right none/, ['change', 'Grace', '--may', 'none', 'reveal']],
      [2, /^$/, ['add', 'Bob', '--role', 'boss']],
      [1, /A reason is required/, ['revoke', 'Grace', '--reason', ' ']],
    ];
    for (const [status, sentence, line] of refused) {
      const told = await keybank(...line);
      expect(told).toMatchObject({ status, printed: '', failed: expect.stringMatching(sentence) });
    }
    expect(await core.store.listStaff()).toEqual(before);
  });

  test('the server’s own first token can be renewed and revoked, stays dead, and its place is named', async () => {
    const { staffTokenPath } = core.tokens;
    const kept = (await readFile(staffTokenPath ?? '', 'utf8')).trim();
    expect(await owner(kept)).toMatchObject({ name: 'first admin' });
    const renewed = await keybank('renew', 'first admin');
    expect(renewed.noted).toContain(`The token in ${staffTokenPath} opens nothing any more`);
    const again = await openCoreApp(config, silentLog);
    expect(again.staffTokenOpens).toBe(false);
    await again.close();
    expect(await owner(kept)).toBeNull();
    expect(await owner(renewed.printed)).toMatchObject({ name: 'first admin', role: 'admin' });
    expect((await keybank('list')).printed.match(/first admin/g)).toHaveLength(1);
    expect((await keybank('renew', 'first admin')).noted).not.toContain('opens nothing');
  });
});
