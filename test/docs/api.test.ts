import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayDo, PROCEDURE_RIGHTS, RIGHTS } from '../../server/staff/rights.ts';
import { engines } from '../support/engines.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openApiShop, type ApiShop } from './api-shop.ts';
import { blocksOf, isRecord, readPage, shapeFault, type Block } from './markdown.ts';

const run = promisify(execFile);
const PAGE = 'docs/api.md';
const page = readPage(PAGE);
const blocks = blocksOf(page);
const setup = blocks.find(({ kind }) => kind === 'sh setup')?.text ?? '';
const examples = blocks.flatMap((block, at) =>
  block.kind === 'sh example' ? [{ ...block, answer: answerOf(block, blocks[at + 1]) }] : [],
);

/** The answer that the page shows right below an example. */
function answerOf(example: Block, next: Block | undefined): unknown {
  if (next?.kind !== 'json' || next.heading !== example.heading)
    throw new Error(`${PAGE}:${example.line}: no answer is shown below this example`);
  return JSON.parse(next.text);
}

const entries = new Map(
  [...page.matchAll(/^### (\w+(?:\.\w+)+)\n(.*?)(?=^##|(?![^]))/gms)].map(([, name = '', text = '']) => [
    name,
    text,
  ]),
);

describe(PAGE, () => {
  test('has an entry for every procedure, and for nothing else', () => {
    expect([...entries.keys()].sort()).toEqual(Object.keys(PROCEDURE_RIGHTS).sort());
  });

  test.each([...entries])('%s: names its right, and shows an example of it', (name, text) => {
    expect(/^- \*\*Right:\*\* `(\w+)`/m.exec(text)?.[1]).toBe(PROCEDURE_RIGHTS[name]);
    expect(text).toMatch(/^- \*\*Output:\*\* /m);
    expect(
      examples.filter(({ text: line, heading }) => heading === name && line.includes(`/trpc/${name}"`)),
    ).not.toEqual([]);
  });

  test('tells the rights of each role as the code has them', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| (yes)? ?\| (yes)? ?\| (yes)? ?\|$/gm)];
    expect(rows.map(([, right, viewer, support, admin]) => [right, viewer, support, admin])).toEqual(
      RIGHTS.map((right) => [
        right,
        ...(['viewer', 'support', 'admin'] as const).map((role) =>
          mayDo({ role, grants: '' }, right) ? 'yes' : undefined,
        ),
      ]),
    );
  });

  test('has curl to be tried with', async () => {
    const { stdout } = await run('curl', ['--version']).catch(() => {
      throw new Error(
        'These tests run the examples of docs/api.md with curl, and there is none. Install it: apt install curl',
      );
    });
    expect(stdout).toMatch(/^curl /);
  });
});

describe.each(engines())('the examples of docs/api.md on %s', (engine) => {
  let shop: ApiShop;
  let folder: string;
  beforeAll(async () => {
    shop = await openApiShop(engine);
    folder = await tempFolder('api');
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'staff-token'), shop.token);
    await writeFile(join(folder, '.curlrc'), 'write-out = "%{stderr}%{http_code}"\n');
  });
  afterAll(async () => {
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(examples)('$heading (line $line)', async ({ text, answer }) => {
    const script = await shop.fillIn(`set -eu\n${setup}${text}`);
    const { stdout, stderr } = await run('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, CURL_HOME: folder },
    });
    const given: unknown = JSON.parse(stdout);
    const refused = isRecord(answer) && isRecord(answer['error']) ? answer['error'] : null;
    const status = refused && isRecord(refused['data']) ? refused['data']['httpStatus'] : 200;
    expect([shapeFault(answer, given), stderr], stdout).toEqual(['', String(status)]);
    expect(stdout).not.toContain(shop.token);
  });
});
