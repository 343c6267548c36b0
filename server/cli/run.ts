import { resolve, sep } from 'node:path';
import { CommanderError } from 'commander';
import { ConfigError } from '../config-error.ts';
import { FaultError } from '../errors.ts';
import { OpenError } from '../store/open-error.ts';
import { StoreError } from '../store/store-error.ts';
import type { Cli } from './cli.ts';
import { buildProgram } from './program.ts';
import { UsageError } from './usage.ts';

/** Runs one command line (without node and script); answers the exit status: 0, 1 for a failure, 2 for wrong usage. */
export async function run(
  cli: Cli,
  words: string[],
  options: { fail(text: string): void; debug: boolean },
): Promise<number> {
  try {
    await buildProgram(cli).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has written its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    options.fail(dataFolderSentence(cli, error) ?? sentence(error));
    if (options.debug && error instanceof Error && !(error instanceof UsageError))
      options.fail(error.stack ?? '');
    return error instanceof UsageError ? 2 : 1;
  }
}

const REFUSED = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'ENOENT'];

/** A system error about a path in the data folder, as a sentence that names the setting; null for all else. */
function dataFolderSentence(cli: Cli, error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return null;
  const { code, path } = error;
  if (typeof code !== 'string' || typeof path !== 'string' || !REFUSED.includes(code)) return null;
  const folder = dataFolder(cli);
  const isMaking = 'syscall' in error && error.syscall === 'mkdir';
  if (folder === null || (code === 'ENOENT' && !isMaking)) return null;
  const isInside = `${resolve(path)}${sep}`.startsWith(`${folder}${sep}`);
  const isAbove = isMaking && folder.startsWith(`${resolve(path)}${sep}`);
  if (!isInside && !isAbove) return null;
  return `The data folder ${folder} cannot be used (${code}). Let this account write there, or set KEYBANK_DATA_DIR to another folder.`;
}

function dataFolder(cli: Cli): string | null {
  try {
    return resolve(cli.config().dataDir);
  } catch {
    return null;
  }
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return 'Something failed that is no error.';
  if (error instanceof FaultError)
    return error.cause instanceof Error ? `${error.message}\n${sentence(error.cause)}` : error.message;
  if (error instanceof StoreError) return `The database failed: ${error.message}.`;
  if (error instanceof ConfigError || error instanceof OpenError || error instanceof UsageError)
    return error.message;
  if ('code' in error && error.code === 'ENOENT' && 'path' in error) return `There is no file ${error.path}.`;
  if ('code' in error && error.code === 'EACCES' && 'path' in error)
    return `${error.path} may not be read or written.`;
  return error.message;
}
