import { Select } from '@mantine/core';
import { firstRow } from '../../shared/key-table.ts';
import type { Draft } from './import-form.tsx';

/** Which column of a table has the keys: where the server cannot tell, and where it was mistaken. */
export function ColumnChoice(props: { draft: Draft; value: string | null; change(draft: Draft): void }) {
  const { draft, value, change } = props;
  const cells = firstRow(draft.text);
  return (
    <Select
      label="The column with the keys"
      maw={360}
      data={cells.map((cell, index) => ({
        value: String(index),
        label: `${index + 1}. ${cell.slice(0, 40)}`,
      }))}
      value={value}
      onChange={(index) => index !== null && change({ ...draft, column: columnOf(cells, Number(index)) })}
    />
  );
}

/**
 * As the server is told it. A line without any digit holds no key, so it is a heading: a column that is named by it says so.
 * Any other line may hold the first key, and a number leaves it one.
 */
function columnOf(cells: string[], index: number): string {
  const name = cells[index] ?? '';
  const isHeading = cells.every((cell) => !/\d/.test(cell));
  const isClear =
    name !== '' && cells.filter((cell) => cell.toLowerCase() === name.toLowerCase()).length === 1;
  return isHeading && isClear ? name : String(index + 1);
}
