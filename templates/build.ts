import { mkdir, writeFile } from 'node:fs/promises';
import brandFile from './brand.json' with { type: 'json' };
import { compileTemplates } from './compile.ts';
import { fingerprint } from './look.ts';

// `npm run templates`: run after any change here; test/mail/templates.test.ts holds the result to the byte.

const target = new URL('./compiled/', import.meta.url);
await mkdir(target, { recursive: true });
for (const [name, html] of await compileTemplates()) await writeFile(new URL(`${name}.html`, target), html);
await writeFile(new URL('fingerprint.txt', target), `${fingerprint(brandFile)}\n`);
