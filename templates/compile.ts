import { readFile, readdir } from 'node:fs/promises';
import mjml2html from 'mjml';
import brandFile from './brand.json' with { type: 'json' };
import { readPalette } from './preset/palette.ts';
import { tablePreset } from './preset/preset.ts';
import { skeleton } from './preset/skeleton.ts';
import type { Look } from './look.ts';

const SOURCE_EXTENSION = '.mjml';

/** Compiles every MJML source beside this file: name (`key`) to HTML with its placeholders still open. */
export async function compileTemplates(look: Look = brandFile): Promise<Map<string, string>> {
  const here = new URL('./', import.meta.url);
  const names = (await readdir(here))
    .filter((file) => file.endsWith(SOURCE_EXTENSION))
    .map((file) => file.slice(0, -SOURCE_EXTENSION.length))
    .sort();
  const compiled = new Map<string, string>();
  for (const name of names)
    compiled.set(
      name,
      await compile(await readFile(new URL(`${name}${SOURCE_EXTENSION}`, here), 'utf8'), look),
    );
  return compiled;
}

async function compile(source: string, { colours, logo }: Look): Promise<string> {
  const options = {
    validationLevel: 'strict' as const,
    keepComments: false,
    ignoreIncludes: true,
    fonts: {},
    presets: [tablePreset({ palette: readPalette(colours), logo })],
    skeleton,
  };
  const { html } = await mjml2html(source.replaceAll('\r\n', '\n'), options);
  // Blank lines only: MJML's minify needs a package that it cannot find, and bytes are few.
  return html
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
    .concat('\n');
}
