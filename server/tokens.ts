import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SHORTEST_TOKEN } from './config-values.ts';
import type { Config } from './config.ts';

export interface KeptTokens {
  webhookTokens: string[];
  staffToken: string;
  /** Where the token is kept; null when it is configured. */
  webhookTokenPath: string | null;
  staffTokenPath: string | null;
}

/** 256 random bits, of which the prefix tells secret scanners and people what leaked. */
export function makeToken(prefix: 'kb_hook' | 'kb_staff'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** The configured tokens; what is missing is made on first start and kept in the data folder, readable by its owner only. */
export async function keepTokens(given: {
  dataDir: string;
  config: Pick<Config, 'webhookTokens' | 'staffToken'>;
}): Promise<KeptTokens> {
  const { config } = given;
  const folder = resolve(given.dataDir);
  const webhookTokenPath = config.webhookTokens.length > 0 ? null : join(folder, 'webhook-token');
  const staffTokenPath = config.staffToken === null ? join(folder, 'staff-token') : null;
  if (webhookTokenPath || staffTokenPath) await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    webhookTokens: webhookTokenPath ? [await keptToken(webhookTokenPath, 'kb_hook')] : config.webhookTokens,
    staffToken: config.staffToken ?? (await keptToken(join(folder, 'staff-token'), 'kb_staff')),
    webhookTokenPath,
    staffTokenPath,
  };
}

async function keptToken(path: string, prefix: 'kb_hook' | 'kb_staff'): Promise<string> {
  const found = await readIfThere(path);
  if (found === null) await createOnce(path, `${makeToken(prefix)}\n`);
  const token = (found ?? (await readFile(path, 'utf8'))).trim();
  const shortest = SHORTEST_TOKEN[prefix === 'kb_staff' ? 'staff' : 'webhook'];
  if (token.length < shortest || /\s/.test(token))
    throw new Error(
      `${path} should hold one token of ${shortest} characters or more. Delete it, and a new one is made.`,
    );
  await chmod(path, 0o600);
  return token;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The file appears whole or not at all, and once: of two starts, one links its draft and the other finds the name
 * taken and reads the winner's.
 */
async function createOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
