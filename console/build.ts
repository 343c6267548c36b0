import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

// Makes console/dist, which the server serves, with the compressed twins that it sends to whoever takes them.
// `npm ci` runs it; `npm run console:build` after a change.

const dist = join(import.meta.dirname, 'dist');
const COMPRESSED = /\.(js|css|svg)$/;

// Whoever calls it, as tests do: what is served is React's quick half, and names no file of this machine.
process.env['NODE_ENV'] = 'production';
const vite = await import('vite').catch((error: unknown) => {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isMissing) throw error;
  process.stderr.write(
    'The console is not built: that takes the development dependencies. npm ci brings them.\n',
  );
  // An install without them is no failure.
  process.exit(process.argv.includes('--if-possible') ? 0 : 1);
});
await vite.build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
for (const name of await readdir(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!COMPRESSED.test(name) || !(await stat(path)).isFile()) continue;
  const text = await readFile(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }));
  await writeFile(`${path}.br`, await promisify(brotliCompress)(text, quality));
}
