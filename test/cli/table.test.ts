import { expect, test } from 'vitest';
import { reportText } from '../../server/cli/keys-import.ts';
import { barText } from '../../server/cli/progress-bar.ts';
import { table } from '../../server/cli/table.ts';
import { openReport, addDuplicate, addInvalid } from '../../server/keys/import-report.ts';

test('columns are as wide as their widest cell, colours aside, and a terminal gets a bold heading', () => {
  const columns = [{ heading: 'A' }, { heading: 'COUNT', align: 'right' as const }];
  const rows = [
    ['\u001b[31mred\u001b[39m', '1'],
    ['x', '1000000'],
  ];
  expect(table({ isTerminal: false }, columns, rows)).toBe(
    ['A      COUNT', '\u001b[31mred\u001b[39m        1', 'x    1000000'].join('\n'),
  );
  expect(table({ isTerminal: true }, columns, [])).toBe('\u001b[1mA  COUNT\u001b[22m');
});

test('what others wrote moves no cursor, breaks no line and turns nothing around', () => {
  const rows = [['Ada\u001b[2J\u001b[8m\r\nforged', '\u202egnp.exe', 'tab\there \u009b31m']];
  const columns = [{ heading: 'A' }, { heading: 'B' }, { heading: 'C' }];
  const [, line = ''] = table({ isTerminal: false }, columns, rows).split('\n');
  expect(line).toBe('Ada [2J [8m forged   gnp.exe  tab here  31m');
});

test('an import report lists a hundred lines of each sort and counts the rest', () => {
  const report = openReport({ sku: 'X', dryRun: false, newProduct: false });
  for (let line = 1; line <= 1500; line++) {
    addDuplicate(report, { line, of: 'stock', sku: line % 2 ? 'X' : 'OTHER' });
    addInvalid(report, { line, why: 'is wrong' });
  }
  const text = reportText({ isTerminal: false }, { ...report, format: { kind: 'lines', header: false } });
  expect(text).toContain(
    '1,500 duplicates:\n  line 1: already in stock\n  line 2: already in stock as OTHER\n',
  );
  expect(text.match(/… and 1400 more/g)).toHaveLength(2);
  expect(text.split('\n')).toHaveLength(1 + 2 * 102);
});

test('the bar of an import counts megabytes, and says how long only when it can know', () => {
  const options = { barsize: 4, barCompleteString: '####', barIncompleteString: '....' };
  const bar = (progress: number, eta: number) =>
    barText(options, { progress, eta, total: 25_300_000 }, 'bytes');
  expect(bar(0, Number.NaN)).toBe('.... 0 % of 25.3 MB');
  expect(bar(0.01, 4000)).toBe('.... 1 % of 25.3 MB');
  expect(bar(0.5, 83)).toBe('##.. 50 % of 25.3 MB, 1 min 23 s left');
  expect(bar(1, 0)).toBe('#### 100 % of 25.3 MB, 0 s left');
  expect(barText(options, { progress: 0, eta: Infinity, total: 600 }, 'bookings')).toBe(
    '.... 0 % of 600 bookings',
  );
});
