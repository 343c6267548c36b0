import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readBrand } from '../../server/mail/brand.ts';
import { compileTemplates } from '../../templates/compile.ts';
import { readPalette } from '../../templates/preset/palette.ts';
import brand from '../../templates/brand.json' with { type: 'json' };
import { gate } from './gate.ts';

const compiledFolder = new URL('../../templates/compiled/', import.meta.url);

describe('the compiled templates', () => {
  it('are byte for byte what a fresh compile gives', async () => {
    const fresh = await compileTemplates();
    expect([...fresh.keys()].map((name) => `${name}.html`)).toEqual((await readdir(compiledFolder)).sort());
    for (const [name, html] of fresh)
      expect(await readFile(new URL(`${name}.html`, compiledFolder), 'utf8'), name).toBe(html);
  });

  it('pass the gate', async () => {
    for (const file of await readdir(compiledFolder))
      expect(gate(await readFile(new URL(file, compiledFolder), 'utf8'), { filled: false }), file).toEqual(
        [],
      );
  });
});

describe('the gate', () => {
  const T = '<table role="presentation" border="0" cellpadding="0" cellspacing="0">';
  it.each([
    ['a div', '<div></div>'],
    ['a style block', '<style>a{}</style>'],
    ['a class', '<p class="x"></p>'],
    ['an id', '<p id="x"></p>'],
    ['a handler', '<p onclick="x"></p>'],
    ['a bare table', '<table><tr><td></td></tr></table>'],
    ['a div only Word sees', '<!--[if mso]><div></div><![endif]-->'],
    ['a cell outside a row', `${T}<td></td></table>`],
    ['a row outside a table', '<tr></tr>'],
    ['text between rows', `${T}<tr><td></td></tr>x</table>`],
    ['an open row', `${T}<tr><td></td></table>`],
    ['a lost endif', '<!--[if mso]><p></p>'],
    ['a placeholder', '<p>{{name}}</p>'],
    ['a float', '<p style="float:left"></p>'],
    ['light-dark alone', '<p style="color:light-dark(#000000,#ffffff)"></p>'],
    ['a background without bgcolor', '<p style="background-color:#ffffff"></p>'],
    ['a margin on a cell', `${T}<tr><td style="margin:0"></td></tr></table>`],
    ['too many bytes', 'x'.repeat(102 * 1024)],
  ])('catches %s', (_what, html) => {
    expect(gate(html, { filled: true })).not.toEqual([]);
  });
});

describe('the brand file', () => {
  it('names the field that is wrong', () => {
    expect(() => readBrand({ name: 'a\nb', supportEmail: '', activationUrl: '' })).toThrow('name');
    expect(() => readBrand({ name: 'A', supportEmail: 'x', activationUrl: '' })).toThrow('supportEmail');
    expect(() => readBrand({ name: 'A', supportEmail: '', activationUrl: 'http://x.example' })).toThrow(
      'activationUrl',
    );
    expect(() => readPalette({ ...brand.colours, text: ['#fff', '#000000'] })).toThrow('colours.text');
  });
});
