import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gate, gateMail } from './gate.ts';
import { RULES } from './gate-fault.ts';
import { extremes, keyMailWith, samples } from './mails.ts';
import { CHANGES, PICTURES, SNIPPETS } from './planted-faults.ts';
import type { View } from './gate-fault.ts';

const compiledFolder = new URL('../../templates/compiled/', import.meta.url);

describe('the gate finds nothing', () => {
  it('in any compiled template', async () => {
    const files = (await readdir(compiledFolder)).filter((file) => file.endsWith('.html'));
    expect(files.length).toBeGreaterThan(7);
    for (const file of files)
      expect(gate(await readFile(new URL(file, compiledFolder), 'utf8'), { filled: false }), file).toEqual(
        [],
      );
  });

  it('in any sample', () => {
    for (const { template, title, mail } of samples())
      expect(gateMail(mail), `${template}: ${title}`).toEqual([]);
  });

  it('in any mail filled to its limits, whoever fills it', () => {
    for (const { template, title, mail } of extremes())
      expect(gateMail(mail), `${template}: ${title}`).toEqual([]);
  });

  it('against a template that has no sample', async () => {
    const sources = (await readdir(new URL('../', compiledFolder))).filter((file) => file.endsWith('.mjml'));
    const names = [...new Set(samples().map(({ template }) => template))].sort();
    expect(names).toEqual(sources.map((file) => file.replace('.mjml', '')).sort());
    expect([...new Set(extremes().map(({ template }) => template))].sort()).toEqual(names);
  });
});

describe('the gate names a planted fault', () => {
  const clean = keyMailWith(['AAAA-BBBB-0O0O']);
  /** The rules and views that the gate names. */
  const named = (html: string) => gate(html, { filled: true }).map(({ rule, view }) => `${rule} ${view}`);
  const plant = (snippet: string) => {
    expect(clean.html).toContain('<h1');
    return clean.html.replace('<h1', () => `${snippet}<h1`);
  };

  it('and none in the mail it is planted in', () => {
    expect(gateMail(clean)).toEqual([]);
  });

  it.each(SNIPPETS)('%s: %s', (rule, snippet) => {
    const seenBy = (html: string): View[] => {
      const found = named(html);
      return (['word', 'other'] as const).filter((view) => found.includes(`${rule} ${view}`));
    };
    expect(seenBy(plant(snippet))).toEqual(['word', 'other']);
    expect(seenBy(plant(`<!--[if mso]>${snippet}<![endif]-->`))).toEqual(['word']);
    expect(seenBy(plant(`<!--[if !mso]><!-->${snippet}<!--<![endif]-->`))).toEqual(['other']);
  });

  it.each(CHANGES)('%s: %s', (rule, _what, change) => {
    const html = change(clean.html);
    expect(html).not.toBe(clean.html);
    expect(gate(html, { filled: true }).map((fault) => fault.rule)).toContain(rule);
  });

  it.each(PICTURES)('%s: %s', (rule, _what, change) => {
    expect(gateMail(change(clean)).map((fault) => fault.rule)).toContain(rule);
  });

  it('of every rule it has', () => {
    const planted = [...SNIPPETS, ...CHANGES, ...PICTURES].map(([rule]) => rule);
    expect([...new Set(planted)].sort()).toEqual([...RULES].sort());
  });
});
