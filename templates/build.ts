import { mkdir, writeFile } from 'node:fs/promises';
import { compileTemplates } from './compile.ts';

// `npx tsx templates/build.ts`: run after any change here; test/mail/templates.test.ts holds the result to the byte.

const target = new URL('./compiled/', import.meta.url);
await mkdir(target, { recursive: true });
for (const [name, html] of await compileTemplates()) await writeFile(new URL(`${name}.html`, target), html);
