import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../../server/cli/cli.ts';
import { buildProgram } from '../../server/cli/program.ts';
import { PROCEDURE_RIGHTS } from '../../server/staff/rights.ts';
import { readPage } from './markdown.ts';

const PAGES = ['docs/support.md', 'docs/api.md'];

/** Every command of a page, in its code blocks and in its sentences. */
function commandsOf(page: string): string[] {
  const blocks = [...page.matchAll(/^npx keybank .+$/gm)].map(([line]) => line.replace(/ +#.*$/, ''));
  const inline = [...page.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`(npx keybank [^`]+)`/g)].map(
    ([, line = '']) => line,
  );
  return [...new Set([...blocks, ...inline])];
}

/** As a shell reads it, without what is in brackets or left open. */
function wordsOf(line: string): string[] {
  return [...line.replaceAll(/ \[[^\]]*\]| …/g, '').matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, word]) => quoted ?? word ?? '')
    .slice(2);
}

/** The command line with commands that do nothing. */
function idleProgram(): Command {
  const refuse = () => {
    throw new Error('no command of a page is run here');
  };
  const cli: Cli = {
    ...{ config: refuse, open: refuse, print: refuse, note: () => {}, exitWith: refuse, onSignal: refuse },
    ...{ stdin: (async function* () {})(), isTerminal: false },
  };
  const still = (command: Command): Command => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    for (const child of command.commands) still(child);
    return command;
  };
  return still(buildProgram(cli));
}

describe.each(PAGES)('%s', (path) => {
  const page = readPage(path);

  test.each(commandsOf(page))('`%s` is a command, with these options', async (line) => {
    await idleProgram().parseAsync(wordsOf(line), { from: 'user' });
  });

  test('links to headings that there are', () => {
    const anchors = (text: string) =>
      new Set(
        [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
          heading
            .toLowerCase()
            .replaceAll(/[^\w\- ]/g, '')
            .replaceAll(' ', '-'),
        ),
      );
    const links = [...page.matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)].map(([, file = '', anchor = '']) => ({
      file,
      anchor,
    }));
    const broken = links.filter(
      ({ file, anchor }) => !anchors(file === '' ? page : readPage(`docs/${file}`)).has(anchor),
    );
    expect(broken).toEqual([]);
  });
});

describe('docs/support.md', () => {
  test('names procedures that there are', () => {
    const named = [...readPage('docs/support.md').matchAll(/\[`(\w+\.\w+)`\]\(api\.md/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in PROCEDURE_RIGHTS))).toEqual([]);
  });
});
