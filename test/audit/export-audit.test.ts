import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditCsv } from '../../server/audit/export-audit.ts';
import type { AuditEntry } from '../../server/audit/list-audit.ts';

const line = (reason: string, about: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 1,
  at: '2026-11-22T20:06:46.000Z',
  subject: 'order:7',
  orderId: 'amelia:13',
  actor: 'staff:2',
  actorName: 'Grace',
  action: 'order.resent',
  from: 'fulfilled',
  to: 'fulfilled',
  reason,
  refs: { message: 'm', keys: [1, 2] },
  ...about,
});
function reasonsOf(csv: string): string[] {
  const rows: Record<string, string>[] = parse(csv, { columns: true });
  return rows.map((row) => row['reason'] ?? '');
}

describe('the audit trail as CSV', () => {
  test('is read back as it was, commas, quotes, breaks and all', () => {
    const hard = ['plain', 'a, "b"; c', 'two\nlines', 'three\r\nlines', 'bare\rreturn', 'ключ 🔑', ''];
    const csv = auditCsv(
      hard.map((reason) => line(reason)),
      { heading: true },
    );
    expect(reasonsOf(csv)).toEqual(hard);
    expect(parse(csv, { columns: true })[0]).toEqual({
      id: '1',
      at: '2026-11-22T20:06:46.000Z',
      subject: 'order:7',
      order: 'amelia:13',
      actor: 'staff:2',
      actor_name: 'Grace',
      action: 'order.resent',
      from: 'fulfilled',
      to: 'fulfilled',
      reason: 'plain',
      refs: '{"message":"m","keys":[1,2]}',
    });
  });

  test('the heading stands once, and pages make one file', () => {
    const pages = [auditCsv([line('a')], { heading: true }), auditCsv([line('b')], { heading: false })];
    expect(reasonsOf(pages.join(''))).toEqual(['a', 'b']);
    expect(auditCsv([], { heading: false })).toBe('');
    expect(auditCsv([], { heading: true })).toMatch(/^"?id/);
  });

  test.each([
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    '-2+3+cmd|x',
    '@SUM(1+9)*cmd|x',
    ' =1+1',
    '\u00a0=1+1',
    '\u3000=1+1',
    '\ufeff=1+1',
    '\u200b=1+1',
    '\u0000=1+1',
    '\u202e=1+1',
    '＝1+1',
    '＋1+1',
    '－1+1',
    '＠SUM(1)',
    '﹢1+1',
    '﹣1+1',
    '﹦1+1',
    '﹫SUM(1)',
    '   plain, but who knows what a spreadsheet skips',
  ])('%j does not begin a cell', (reason) => {
    const csv = auditCsv([line(reason)], { heading: true });
    expect(reasonsOf(csv)).toEqual([`'${reason}`]);
  });

  test.each([
    ['paid;=1+1', "paid;'=1+1"],
    ['a; +1;\t@x', "a; '+1;\t'@x"],
    ['a|-2+3', "a|'-2+3"],
    ['x;"=1+1;', `x;"'=1+1;`],
    ['two\n=1+1', "two\n'=1+1"],
    ['three\r\n \u200b=1+1', "three\r\n \u200b'=1+1"],
    ['wide;＝1+1', "wide;'＝1+1"],
    ['\t=1+1', "'\t'=1+1"],
    ['\r=1+1', "'\r'=1+1"],
    ['\n=1+1', "'\n'=1+1"],
    ['\r\n=1+1', "'\r\n'=1+1"],
    ['a-b; c=d, e@f.example; 1 + 1', 'a-b; c=d, e@f.example; 1 + 1'],
  ])('%j begins no formula where another mark parts the cells', (reason, told) => {
    expect(reasonsOf(auditCsv([line(reason)], { heading: true }))).toEqual([told]);
  });

  test('whatever is written, no part of a cell begins a formula, by any mark, and nothing else changes', () => {
    const piece = fc.constantFrom(
      '"',
      '=',
      '+',
      '-',
      '@',
      '＝',
      ';',
      '|',
      '\t',
      '\n',
      '\r',
      ' ',
      '\u200b',
      'a',
      '1',
      "'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const [told = ''] = reasonsOf(auditCsv([line(pieces.join(''))], { heading: true }));
        const [start = '', ...rest] = told.split(/[;|\t\r\n]/);
        expect(start).not.toMatch(/^[\s\u200b]*[=+\-@＝]/);
        for (const part of rest) expect(part).not.toMatch(/^[\s\u200b"]*[=+\-@＝]/);
        expect(told.replaceAll("'", '')).toBe(pieces.join('').replaceAll("'", ''));
      }),
    );
  });

  test.each(['orderId', 'actorName', 'subject', 'actor', 'action', 'from', 'to'] as const)(
    'a formula in %s does not begin a cell either',
    (field) => {
      const cells = parse(auditCsv([line('x', { [field]: '=1+1' })], { heading: false }))[0] ?? [];
      expect(cells).toContain("'=1+1");
      expect(cells.filter((cell) => /^[=+\-@\s]/.test(cell))).toEqual([]);
    },
  );

  test('a quote inside cannot end the cell and begin another', () => {
    const hostile = 'x","=1+1","';
    const [cells] = parse(auditCsv([line(hostile)], { heading: false }));
    expect(cells).toHaveLength(11);
    expect(cells?.[9]).toBe(hostile);
  });
});
