import { describe, expect, test } from 'vitest';
import { keyFormat } from '../../server/keys/key-column.ts';
import { firstRow } from '../../shared/key-table.ts';

describe('the first row of a table, as the console offers its columns', () => {
  test.each<[string, string, string[]]>([
    ['one key a line has none', 'AAAA-0001\nAAAA-0002', []],
    ['nothing has none', '', []],
    ['semicolons', 'Number;What\n1;AAAA', ['Number', 'What']],
    ['tabs', 'a\tb', ['a', 'b']],
    [
      'quotation marks are no part of a cell, and hide what they enclose',
      '"a;b";"c ""d"""',
      ['a;b', 'c "d"'],
    ],
    ['what stands before it is passed over', '\ufeffsep=;\r\n;;;\r\n\r\nx;y\r\n1;2', ['x', 'y']],
    ['old line ends', 'x,y\r1,2', ['x', 'y']],
    ['a quotation mark that is never closed', '"x;y', []],
  ])('%s', (_, text, cells) => {
    expect(firstRow(text)).toEqual(cells);
  });
});

describe('the column that is asked for', () => {
  test('a number is a place, also where a cell of the first line is that number', () => {
    expect(keyFormat('2;AAAA-0001;shelf', '2')).toMatchObject({ column: 1, header: false });
  });

  test('a number beyond the columns may be a heading', () => {
    expect(keyFormat('Year;2027', '2027')).toMatchObject({ column: 1, header: true });
  });
});
