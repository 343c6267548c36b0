import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextSource } from '../../server/keys/decode-text.ts';
import { parseKeys, type KeyLine } from '../../server/keys/parse-keys.ts';

async function read(source: TextSource, column: string | null = null): Promise<KeyLine[]> {
  const lines: KeyLine[] = [];
  for await (const line of parseKeys(source, { column })) lines.push(line);
  return lines;
}

/** What was found, by line: the key itself, `=1` for a duplicate of line 1, `!` and the reason for a refused line. */
async function readBriefly(
  source: TextSource,
  column: string | null = null,
): Promise<Record<number, string>> {
  const found: Record<number, string> = {};
  for (const line of await read(source, column)) {
    if (line.kind === 'key') found[line.line] = line.key;
    if (line.kind === 'duplicate') found[line.line] = `=${line.firstLine}`;
    if (line.kind === 'invalid') found[line.line] = `! ${line.why}`;
    if (line.kind === 'fault') found[0] = `! ${line.fault.code}`;
  }
  return found;
}

const bytes = (...parts: (string | number[])[]) =>
  parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part)));

describe('a list, one key a line', () => {
  test('blank lines and spaces of every kind around a key are left out, and lines count as in an editor', async () => {
    const text = '\n  AAAA-1\t\r\n\u00a0\u200bBBBB-2\ufeff\u00a0\n\n   \nCCCC-3';
    expect(await readBriefly(text)).toEqual({ 2: 'AAAA-1', 3: 'BBBB-2', 6: 'CCCC-3' });
  });

  test('all line ends count', async () => {
    expect(await readBriefly('A-1\r\nB-2\rC-3\nD-4\n')).toEqual({ 1: 'A-1', 2: 'B-2', 3: 'C-3', 4: 'D-4' });
  });

  test('a second copy names the line of the first', async () => {
    expect(await readBriefly('A-1\nB-2\n A-1 \nA-1')).toEqual({ 1: 'A-1', 2: 'B-2', 3: '=1', 4: '=1' });
  });

  test('keys that differ in case are two keys', async () => {
    expect(await readBriefly('abc-1\nABC-1')).toEqual({ 1: 'abc-1', 2: 'ABC-1' });
  });

  test('a heading alone in its line is no key', async () => {
    expect(await readBriefly('License Key\nA-1')).toEqual({ 2: 'A-1' });
    expect(await readBriefly('LICENSE_KEY\nA-1')).toEqual({ 2: 'A-1' });
    expect(await readBriefly('Lizenzschlüssel\nA-1')).toEqual({ 2: 'A-1' });
  });

  test('single spaces inside belong to the key; other white space does not', async () => {
    expect(await readBriefly('AB CD\nAB  CD\nAB\u00a0CD\nAB\u200bCD\nAB\u0000CD')).toEqual({
      1: 'AB CD',
      2: '! has several spaces in a row inside',
      3: '! has an unusual space inside',
      4: '! has an invisible character inside',
      5: '! has a control character inside',
    });
  });

  test('200 bytes are a key, 201 are not, however few characters they are', async () => {
    expect(await readBriefly(`${'x'.repeat(200)}\n${'x'.repeat(201)}\n${'é'.repeat(101)}`)).toEqual({
      1: 'x'.repeat(200),
      2: '! is 201 bytes long; a key has at most 200',
      3: '! is 202 bytes long; a key has at most 200',
    });
  });

  test('numbers that a spreadsheet shortened are refused', async () => {
    const found = await readBriefly('1.23457E+15');
    expect(found[1]).toMatch(/shortened by a spreadsheet/);
  });

  test('a quotation mark inside a key swallows nothing', async () => {
    expect(await readBriefly('AB"1\nCD-2')).toEqual({ 1: 'AB"1', 2: 'CD-2' });
  });
});

describe('a table', () => {
  test.each([
    ['a comma', ','],
    ['a semicolon', ';'],
    ['a tab', '\t'],
  ])('with %s: the column whose heading says key is taken', async (_name, mark) => {
    const text = [
      `Course${mark}License key${mark}Note`,
      `Photo${mark}A-1${mark}x`,
      `Photo${mark}"B-2"${mark}`,
    ].join('\n');
    expect(await readBriefly(text)).toEqual({ 2: 'A-1', 3: 'B-2' });
  });

  test('a license key column is preferred to a code column', async () => {
    expect(await readBriefly('code,license_key\nRQI,A-1')).toEqual({ 2: 'A-1' });
  });

  test('without a heading the first column counts', async () => {
    expect(await readBriefly('A-1,Photo\nB-2,Photo')).toEqual({ 1: 'A-1', 2: 'B-2' });
  });

  test('headings of which none is known are a fault, so that "Product" is not sold as a key', async () => {
    expect(await readBriefly('Product,Value\nPhoto,A-1')).toEqual({ 0: '! import.unclear_column' });
  });

  test('the column may be named, or numbered from 1', async () => {
    const text = 'Product,Value\nPhoto,A-1';
    expect(await readBriefly(text, 'value')).toEqual({ 2: 'A-1' });
    expect(await readBriefly('Photo,A-1\nPhoto,B-2', '2')).toEqual({ 1: 'A-1', 2: 'B-2' });
    expect(await readBriefly(text, '3')).toEqual({ 0: '! import.no_such_column' });
    expect(await readBriefly(text, 'keys')).toEqual({ 0: '! import.no_such_column' });
  });

  test('quoted cells may hold separators, doubled quotes and line breaks; lines are numbered where a record starts', async () => {
    const text = 'note,key\n"one, ""two""\nthree",A-1\nx,"B,2"\n';
    expect(await readBriefly(text)).toEqual({ 2: 'A-1', 4: 'B,2' });
  });

  test('a quote that is never closed spoils its own line only', async () => {
    const rows = Array.from({ length: 40 }, (_, at) => `x,K-${at}`);
    const found = await readBriefly(['note,key', '"open,A-1', ...rows].join('\n'));
    expect(found[2]).toBe('! opens a quotation mark that is never closed');
    expect(Object.keys(found)).toHaveLength(41);
    expect(found[42]).toBe('K-39');
  });

  test('empty rows of a spreadsheet are left out, a row without its key is told', async () => {
    expect(await readBriefly('sep=;\nname;key\n;;\nPhoto;\nPhoto;="0012"\nPhoto')).toEqual({
      4: '! has no key in its column',
      5: '0012',
      6: '! has no such column',
    });
  });
});

describe('encodings', () => {
  test('UTF-8 with its byte order mark', async () => {
    expect(await readBriefly(bytes([0xef, 0xbb, 0xbf], 'key\nA-1'))).toEqual({ 2: 'A-1' });
    expect(await readBriefly('\ufeffkey\nA-1')).toEqual({ 2: 'A-1' });
  });

  test.each([
    ['little-endian with a mark', true, true],
    ['little-endian without a mark', true, false],
    ['big-endian with a mark', false, true],
    ['big-endian without a mark', false, false],
  ])('UTF-16 %s', async (_name, little, mark) => {
    const text = `${mark ? '\ufeff' : ''}key\nAAAA-1\nBBBB-2\n`;
    const units = [...text].flatMap((char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8]);
    const file = Buffer.from(units);
    if (!little) file.swap16();
    expect(await readBriefly([file])).toEqual({ 2: 'AAAA-1', 3: 'BBBB-2' });
  });

  test('bytes that are no text spoil their line only', async () => {
    expect(await readBriefly(bytes('A-1\nB', [0xff, 0xe9], '2\nC-3'))).toEqual({
      1: 'A-1',
      2: '! is not readable text; save the file as UTF-8',
      3: 'C-3',
    });
  });

  test('a character cut in two by a piece of the stream stays whole', async () => {
    const file = new TextEncoder().encode(`${'k'.repeat(600)}\nKÄÖÜ-1`);
    const pieces = Array.from(file, (byte) => Uint8Array.of(byte));
    expect((await readBriefly(pieces))[2]).toBe('KÄÖÜ-1');
  });
});

describe('whatever comes', () => {
  const anyBytes = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
  const tricky = fc.array(
    fc.constantFrom('"', ',', ';', '\t', '\n', '\r', 'A', '1', ' ', '\u00a0', '\ud800', 'key', '\0'),
    { maxLength: 80 },
  );

  test('no bytes and no text make it throw', async () => {
    await fc.assert(fc.asyncProperty(anyBytes, async (pieces) => void (await read(pieces))));
    await fc.assert(
      fc.asyncProperty(tricky, async (parts) => void (await read(parts.join('')))),
      { numRuns: 500 },
    );
  });

  const keys = fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9-]{1,40}[0-9]$/), { maxLength: 60 });

  test('a list of keys comes back as it was, each with its line, wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 50 }), async (list, size) => {
        const text = list.join('\n');
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        const found = (await read(pieces)).filter((line) => line.kind !== 'format');
        expect(found).toEqual(list.map((key, at) => ({ kind: 'key', line: at + 1, key })));
      }),
    );
  });

  test('the text of a table gives the same wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(tricky, fc.integer({ min: 1, max: 7 }), async (parts, size) => {
        const text = parts.join('');
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        expect(await read(pieces)).toEqual(await read(text));
      }),
      { numRuns: 500 },
    );
  });

  test('a single endless line is one refused line, in bounded memory', async () => {
    const pieces = Array.from({ length: 200 }, () => 'x'.repeat(10_000));
    expect(await readBriefly([...pieces, '\nA-1'])).toEqual({ 1: '! is far too long for a key', 2: 'A-1' });
  });
});
