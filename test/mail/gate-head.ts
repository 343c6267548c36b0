import { readStyle } from './gate-style.ts';
import type { Finding, Rule } from './gate-fault.ts';
import type { MailElement } from './gate-walk.ts';

/** Pushes the start of the mail out of the inbox preview: spaces and joiners, no text. */
const PADDING = /[\s\u2007\u034f\u200c\u00a0\u00ad\ufeff]+/g;

/** What stands once in a mail: its frame, its language, its title, its metas and the hidden line for the inbox. */
export function headFaults(html: string, elements: readonly MailElement[]): Finding[] {
  const faults: Finding[] = [];
  const demand = (rule: Rule, holds: boolean, what: string) => {
    if (!holds) faults.push({ rule, what });
  };
  const all = (tag: string) => elements.filter((element) => element.tag === tag);
  const styleOf = (element: MailElement | undefined, property: string) =>
    readStyle(element?.attributes['style'] ?? '').declarations.find((one) => one.property === property)?.text;

  demand('document', /^<!doctype html>\s*<html\s/i.test(html), 'does not begin with <!doctype html><html');
  for (const tag of ['html', 'head', 'body', 'title'])
    demand('document', all(tag).length === 1, `<${tag}> ${all(tag).length} times`);
  const [root] = all('html');
  const [body] = all('body');
  demand('lang', /^[a-z]{2}(-[A-Z]{2})?$/.test(root?.attributes['lang'] ?? ''), '<html> without a language');
  demand('title', all('title')[0]?.text.trim() !== '', '<title> is empty');
  for (const name of ['color-scheme', 'supported-color-schemes']) {
    const meta = all('meta').find(({ attributes }) => attributes['name'] === name);
    demand('color-scheme', meta?.attributes['content'] === 'light dark', `no meta ${name}`);
  }
  demand('color-scheme', styleOf(root, 'color-scheme') === 'light dark', '<html> without color-scheme');

  const preheader = body?.children[0];
  demand('preheader', preheader?.tag === 'span' && preheader.isFirst, 'the body does not begin with one');
  demand('preheader', styleOf(preheader, 'display') === 'none', 'without display:none');
  demand('preheader', styleOf(preheader, 'mso-hide') === 'all', 'without mso-hide:all');
  demand('preheader', (preheader?.text.replace(PADDING, '') ?? '') !== '', 'without text');
  return faults;
}
