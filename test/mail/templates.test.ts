import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadBrand, readBrand } from '../../server/mail/brand.ts';
import { sampleMails } from '../../server/mail/samples.ts';
import brandFile from '../../templates/brand.json' with { type: 'json' };
import { compileTemplates } from '../../templates/compile.ts';
import { fingerprint } from '../../templates/look.ts';
import { readPalette } from '../../templates/preset/palette.ts';
import { gate, gateMail } from './gate.ts';

const folder = new URL('../../templates/', import.meta.url);
const compiledFolder = new URL('compiled/', folder);

describe('the compiled templates', () => {
  it('are byte for byte what a fresh compile gives', async () => {
    const fresh = await compileTemplates();
    const files = [...[...fresh.keys()].map((name) => `${name}.html`), 'fingerprint.txt'];
    expect((await readdir(compiledFolder)).sort()).toEqual(files.sort());
    for (const [name, html] of fresh)
      expect(await readFile(new URL(`${name}.html`, compiledFolder), 'utf8'), name).toBe(html);
    expect(await readFile(new URL('fingerprint.txt', compiledFolder), 'utf8')).toBe(
      `${fingerprint(brandFile)}\n`,
    );
  });

  it('pass the gate', async () => {
    for (const [name, html] of await compileTemplates())
      expect(gate(html, { filled: false }), name).toEqual([]);
  });

  it('have a text twin and samples each', async () => {
    const files = await readdir(folder);
    for (const name of (await compileTemplates()).keys())
      expect(files).toEqual(expect.arrayContaining([`${name}.mjml`, `${name}.txt`, `${name}.sample.json`]));
  });
});

describe('the samples', () => {
  const mails = sampleMails(loadBrand(), 'https://keys.example');

  it('are of every template, and pass the gate', async () => {
    expect([...new Set(mails.map(({ template }) => template))].sort()).toEqual([
      ...(await compileTemplates()).keys(),
    ]);
    for (const { template, title, mail } of mails)
      expect(gateMail(mail), `${template}, ${title}`).toEqual([]);
  });

  it('read well as text: no gap of three lines, no leftover mark', () => {
    for (const { template, mail } of mails) {
      expect(mail.text, template).not.toMatch(/\n{4}|\{\{|\}\}|undefined|null|NaN/);
      expect(mail.text.startsWith(`${brandFile.name}\n\n`), template).toBe(true);
    }
  });
});

describe('the brand file', () => {
  const colours = Object.fromEntries(
    Object.keys(brandFile.colours).map((name, at) => [
      name,
      [`#${(0x100001 + at * 16).toString(16)}`, `#${(0xe00001 + at * 16).toString(16)}`],
    ]),
  );
  const other = {
    name: 'Lock & Co',
    supportEmail: 'help@lock.example',
    activationUrl: 'https://lock.example/start',
    logo: { file: 'lock.png', alt: 'A lock', width: 80, height: 40 },
    colours,
  };

  it('rebrands every mail: colours and logo size by compiling, all else when the server starts', async () => {
    const old = new RegExp(Object.values(brandFile.colours).flat().join('|'));
    for (const [name, html] of await compileTemplates(other)) {
      expect(html.match(old), name).toBe(null);
      expect(html, name).toContain('width="80" height="40"');
      expect(html, name).toContain('width:80px;height:40px;');
      const used = new Set(html.match(/#[0-9a-f]{6}\b/g));
      expect([...used].filter((colour) => !Object.values(colours).flat().includes(colour))).toEqual([]);
      expect(html, name).not.toContain('Key Bank');
    }
    expect(fingerprint(other)).not.toBe(fingerprint(brandFile));

    const png = withSize(await readFile(new URL('logo.png', folder)), 160, 80);
    const brand = readBrand(other, (file) => (file === 'lock.png' ? png : Buffer.alloc(0)));
    for (const { template, mail } of sampleMails(brand, 'https://keys.example')) {
      expect(mail.html, template).toContain('>Lock &amp; Co<');
      expect(mail.html, template).toContain('alt="A lock"');
      expect(mail.text.startsWith('Lock & Co\n'), template).toBe(true);
      expect(mail.inline).toEqual([
        { cid: brand.logo.cid, filename: 'lock.png', contentType: 'image/png', content: png },
      ]);
      expect(
        mail.subject +
          mail.html.replace(/Tools → Key Bank/g, '') +
          mail.text.replace(/Tools → Key Bank/g, ''),
        template,
      ).not.toContain('Key Bank');
      if (template.startsWith('key')) expect(mail.text).toContain('help@lock.example');
    }
  });

  it('is refused at the start when its compiled parts changed and were not compiled', () => {
    expect(loadBrand().name).toBe(brandFile.name);
    expect(loadBrand({ ...brandFile, name: 'Other' }).name).toBe('Other');
    expect(() => loadBrand({ ...brandFile, colours })).toThrow('npm run templates');
    const logo = { ...brandFile.logo, width: 57 };
    expect(() => loadBrand({ ...brandFile, logo })).toThrow('templates/brand.json: colours, or logo');
  });

  it('names the field that is wrong', () => {
    const read = (change: Partial<typeof brandFile>) => () => readBrand({ ...brandFile, ...change });
    expect(read({ name: 'a\nb' })).toThrow('name');
    expect(read({ supportEmail: 'x' })).toThrow('supportEmail');
    expect(read({ activationUrl: 'http://x.example' })).toThrow('activationUrl');
    expect(read({ activationUrl: 'http://localhost/' })).toThrow('activationUrl');
    expect(() => readPalette({ ...brandFile.colours, text: ['#fff', '#000000'] })).toThrow('colours.text');
    expect(() => readPalette({ ...brandFile.colours, txet: ['#ffffff', '#000000'] })).toThrow('colours.txet');
  });

  it('names what is wrong with the logo', async () => {
    const png = await readFile(new URL('logo.png', folder));
    const palette = Buffer.from(png);
    palette[25] = 3;
    const read =
      (change: Partial<typeof brandFile.logo>, content = png) =>
      () =>
        readBrand({ ...brandFile, logo: { ...brandFile.logo, ...change } }, () => content);
    expect(read({})).not.toThrow();
    expect(read({ file: '../secret.png' })).toThrow('logo.file');
    expect(read({ file: 'logo.svg' })).toThrow('logo.file');
    expect(read({ alt: '' })).toThrow('logo.alt');
    expect(read({ alt: 'a "key"' })).toThrow('logo.alt');
    expect(read({ width: 5 })).toThrow('logo.width: 5 is not 16 to 320');
    expect(read({ height: 56.5 })).toThrow('logo.height');
    expect(read({}, Buffer.from('GIF89a'))).toThrow('is no PNG');
    expect(read({}, palette)).toThrow('colour type 3; want 6');
    expect(read({ width: 112 })).toThrow('168x168 pixels; want the shape of 112x56');
    expect(read({ width: 200, height: 200 })).toThrow('and no fewer');
    expect(read({}, Buffer.concat([png, Buffer.alloc(100 * 1024)]))).toThrow('goes with every mail');
    const missing = () => {
      throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    };
    expect(() => readBrand(brandFile, missing)).toThrow('templates/logo.png cannot be read (ENOENT)');
  });
});

/** Only the header is changed; no reader of ours looks further. */
function withSize(png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  return changed;
}
