import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The local mailbox: one `.eml` a mail, readable by its owner only, complete or absent. The name sorts by time and
 * ends in the message's id: `20261122T200646123Z-0190….eml`.
 */
export async function writeToMailbox(q: {
  dir: string;
  now: Date;
  messageId: string;
  eml: Uint8Array;
}): Promise<string> {
  await mkdir(q.dir, { recursive: true, mode: 0o700 });
  const name = `${q.now.toISOString().replace(/[-:.]/g, '')}-${q.messageId.replace(/[^\w-]/g, '_')}.eml`;
  const draft = join(q.dir, `.${name}.tmp`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(q.eml);
    await file.sync();
  } finally {
    await file.close();
  }
  // A draft left by a crash keeps the rights it was made with.
  await chmod(draft, 0o600);
  await rename(draft, join(q.dir, name));
  return name;
}
