/** What is longer goes through `npx keybank keys import` (server/rpc/keys.ts has the same bound). */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** A list of keys as text. Spreadsheets write UTF-16 with a mark in front; old ones their own code page, where keys are ASCII all the same. */
export async function readFile(
  file: File,
): Promise<{ text: string; fault: null } | { text: null; fault: string }> {
  const refuse = (why: string) => ({ text: null, fault: `${file.name} ${why}` });
  const tooLong =
    'is too long for a page, which takes 32 million characters. Bring it in on the server: npx keybank keys import FILE --sku SKU';
  // A character is four bytes at most.
  if (file.size > 4 * MOST_CHARACTERS) return refuse(tooLong);
  try {
    const text = decode(new Uint8Array(await file.arrayBuffer()));
    return text.length > MOST_CHARACTERS ? refuse(tooLong) : { text, fault: null };
  } catch {
    return refuse('could not be read. Is it a folder, or open in another program?');
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
