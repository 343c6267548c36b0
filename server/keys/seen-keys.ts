/**
 * Remembers at which line each key first stood, in 12 bytes a slot: a table of 64-bit hashes, so that a million keys
 * take 24 MB whatever their length (a Map of the texts took 150 MB and more). The price: two different keys of one
 * file are taken for equal with a chance of 1 : 37,000,000 per million keys, and then the second is reported, not lost.
 */
export interface SeenKeys {
  /** The line where this key stood before, or null; then it stands at `line` from now on. */
  firstLine(key: string, line: number): number | null;
}

export function openSeenKeys(): SeenKeys {
  let table = emptyTable(1024);
  let used = 0;

  function grow(): void {
    const old = table;
    table = emptyTable(old.lines.length * 2);
    old.lines.forEach((line, at) => {
      if (line !== 0) put(table, old.high[at] ?? 0, old.low[at] ?? 0, line);
    });
  }

  return {
    firstLine(key, line) {
      const [high, low] = hash(key);
      const first = put(table, high, low, line);
      if (first !== null) return first;
      used += 1;
      if (used * 2 > table.lines.length) grow();
      return null;
    },
  };
}

interface Table {
  high: Uint32Array;
  low: Uint32Array;
  /** 0: the slot is free. */
  lines: Uint32Array;
}

function emptyTable(slots: number): Table {
  return { high: new Uint32Array(slots), low: new Uint32Array(slots), lines: new Uint32Array(slots) };
}

/** Open addressing: the line already there for this hash, or null after putting it in. */
function put(table: Table, high: number, low: number, line: number): number | null {
  const mask = table.lines.length - 1;
  for (let at = low & mask; ; at = (at + 1) & mask) {
    const there = table.lines[at];
    if (there === 0) {
      table.high[at] = high;
      table.low[at] = low;
      table.lines[at] = line;
      return null;
    }
    if (table.high[at] === high && table.low[at] === low) return there ?? 0;
  }
}

/** cyrb53 by bryc (public domain), both halves kept whole. */
function hash(text: string): [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [b >>> 0, a >>> 0];
}
