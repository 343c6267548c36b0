import { TextDecoder } from 'node:util';

/** A file or a paste as it comes: text, or pieces of text or bytes. */
export type TextSource = string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Pieces of text from pieces of bytes. UTF-8 and, by its byte order mark or by its zero bytes, UTF-16; the mark is
 * taken off. Bytes that are no text become U+FFFD, so that only their line is refused; nothing throws.
 */
export async function* decodeText(source: TextSource): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head = new Uint8Array(0);
  let started = false;
  for await (const piece of typeof source === 'string' ? [source] : source) {
    if (typeof piece === 'string') {
      yield started ? piece : piece.replace(/^\uFEFF/, '');
      started ||= piece !== '';
      continue;
    }
    if (decoder) {
      yield decoder.decode(piece, { stream: true });
      continue;
    }
    head = joined(head, piece);
    if (head.length < SNIFFED_BYTES) continue;
    decoder = new TextDecoder(encodingOf(head));
    started = true;
    yield decoder.decode(head, { stream: true });
  }
  if (decoder) yield decoder.decode();
  else if (head.length > 0) yield new TextDecoder(encodingOf(head)).decode(head);
}

const SNIFFED_BYTES = 512;

/** Excel's "Unicode text" is UTF-16; some tools leave out its mark, but Latin text then has a zero in every second byte. */
function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const enough = head.length * 0.3;
  if (odd > enough && even === 0) return 'utf-16le';
  if (even > enough && odd === 0) return 'utf-16be';
  return 'utf-8';
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
