import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadBrand } from '../mail/brand.ts';
import { galleryMails } from '../mail/gallery.ts';
import { GALLERY_MARK, galleryPages, isGalleryFile } from '../mail/gallery-pages.ts';
import { sampleMails } from '../mail/samples.ts';
import { pause, systemTimers } from '../timers.ts';
import type { Cli } from './cli.ts';
import { count } from './table.ts';
import { UsageError } from './usage.ts';

/** Some openers stay with the browser; after this long without a complaint it is taken to be open. */
const OPENING_MS = 3000;

/** Writes the gallery as files, needs no database, and opens it when somebody sits there. */
export async function previewMails(cli: Cli, options: { out?: string; open: boolean }): Promise<void> {
  const brand = loadBrand();
  const mails = galleryMails(sampleMails(brand, cli.config().publicUrl));
  const folder =
    options.out === undefined
      ? await mkdtemp(join(tmpdir(), 'keybank-mails-'))
      : await emptyFolder(resolve(options.out));
  for (const { name, content } of galleryPages(mails, brand.name))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  const index = join(folder, 'index.html');
  const templates = new Set(mails.map(({ template }) => template)).size;
  cli.print(
    `${count(templates, 'mail')} with ${count(mails.length, 'sample')}: ${pathToFileURL(index).href}`,
  );
  if (!cli.isTerminal || !options.open) return;
  const isOpen = await openInBrowser(index);
  if (!isOpen) cli.note('No browser could be opened from here. Open that address in one.');
}

/** A new folder, an empty one, or a gallery of before, whose files go. */
async function emptyFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length === 0) return folder;
  const index = await readFile(join(folder, 'index.html'), 'utf8').catch(() => '');
  if (!index.includes(GALLERY_MARK))
    throw new UsageError(
      `${folder} holds other files. Name an empty folder, or one that does not exist yet.`,
    );
  for (const name of names.filter(isGalleryFile)) await rm(join(folder, name));
  return folder;
}

/** Hands a file to the system's opener; false when there is none, or it says that it failed. */
export function openInBrowser(file: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const url = pathToFileURL(file).href;
  // `start` is a word of cmd.exe, which would read & and ^ in a path; this is what it calls in the end.
  const opener = platform === 'win32' ? 'rundll32' : platform === 'darwin' ? 'open' : 'xdg-open';
  const words = platform === 'win32' ? ['url.dll,FileProtocolHandler', url] : [url];
  const child = spawn(opener, words, { stdio: 'ignore', detached: true });
  child.unref();
  return Promise.race([
    new Promise<boolean>((done) => {
      child.once('error', () => done(false));
      child.once('exit', (code) => done(code === 0));
    }),
    pause(systemTimers, OPENING_MS).then(() => true),
  ]);
}
