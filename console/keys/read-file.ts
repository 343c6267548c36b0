/** What is longer goes through `npx keybank keys import` (server/rpc/keys.ts has the same bound). */
export const MOST_CHARACTERS = 32 * 1024 * 1024;

/** A list of keys as text. Spreadsheets write UTF-16 with a mark in front; old ones their own code page, where keys are ASCII all the same. */
export async function readFile(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
