import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  head: string;
  cell(row: Row): ReactNode;
  align?: 'end';
  /** As wide as its content, where there is room. */
  isNarrow?: boolean;
}

/**
 * Rows of a list. On a phone each row becomes a card, its cells named by their headings. The roles are said, since a browser
 * forgets those of a table that is laid out otherwise.
 */
export function DataTable<Row>(props: {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string | number;
}) {
  const { label, columns, rows, keyOf } = props;
  return (
    <table className={classes.table} aria-label={label} role="table">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, align, isNarrow }) => (
            <th key={head} scope="col" role="columnheader" data-align={align} data-narrow={isNarrow}>
              {head === '' ? <VisuallyHidden>Acts</VisuallyHidden> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ head, cell, align, isNarrow }) => (
              <td key={head} role="cell" data-label={head} data-align={align} data-narrow={isNarrow}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
