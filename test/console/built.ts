import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const BUILT = join(root, 'console/dist/mail-frame.html');

/** The tests look at the console as its sources are now: it is built anew when one of them is younger than what was built. */
export async function buildConsole(): Promise<void> {
  const ages = await Promise.all([...(await sources('console')), ...(await sources('shared'))].map(ageOf));
  const builtAt = await ageOf(BUILT).catch(() => 0);
  if (builtAt > Math.max(...ages)) return;
  await promisify(execFile)('npm', ['run', '--silent', 'console:build'], { cwd: root });
}

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => /\.\w+$/.test(name) && !name.startsWith('dist'))
    .map((name) => join(root, folder, name));
}

async function ageOf(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}
