import { readFileSync } from 'node:fs';

/** A fenced block of a page, and the headings that it stands under. */
export interface Block {
  /** What follows the fence, e.g. `sh example`. */
  kind: string;
  text: string;
  heading: string;
  line: number;
}

const root = new URL('../../', import.meta.url);

export function readPage(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: Block | null = null;
  for (const [at, line] of page.split('\n').entries()) {
    if (open && line === '```') {
      blocks.push(open);
      open = null;
    } else if (open) open.text += `${line}\n`;
    else if (line.startsWith('```')) open = { kind: line.slice(3), text: '', heading, line: at + 1 };
    else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
  }
  return blocks;
}

/** Where `actual` is not of the shape that a page shows; '' when it is. Null in the page stands for anything; `"…"` as a field for fields that are left out. */
export function shapeFault(shown: unknown, actual: unknown, place = 'answer'): string {
  if (shown === null) return '';
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return `${place} is no list`;
    return (
      shown
        .map((one) => {
          const faults = actual.map((other) => shapeFault(one, other, `${place}[]`));
          return faults.includes('') ? '' : (faults[0] ?? `${place} is empty`);
        })
        .find(Boolean) ?? ''
    );
  }
  if (!isRecord(shown)) return typeof shown === typeof actual ? '' : `${place} is ${typeof actual}`;
  if (!isRecord(actual)) return `${place} is no object`;
  const names = Object.keys(shown).filter((name) => name !== '…');
  const missing = names.filter((name) => !(name in actual));
  const untold = Object.keys(actual).filter((name) => !names.includes(name));
  if (missing.length > 0) return `${place} has no ${missing.join(', ')}`;
  if (untold.length > 0 && !('…' in shown)) return `${place} has ${untold.join(', ')} too`;
  return names.map((name) => shapeFault(shown[name], actual[name], `${place}.${name}`)).find(Boolean) ?? '';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
