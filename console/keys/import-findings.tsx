import { Text } from '@mantine/core';
import type { Outputs } from '../app/outputs.ts';
import classes from './import-findings.module.css';

type Report = Outputs['keys']['import'];

/** What of a list does not come in, line by line, and how the list was read. */
export function ImportFindings({ report }: { report: Report }) {
  const { duplicateTotal, duplicateDetails, invalid, invalidTotal, format } = report;
  return (
    <>
      {format && (
        <Text size="sm" c="dimmed">
          {formatWords(format)}
        </Text>
      )}
      {duplicateTotal > 0 && (
        <Lines
          title={`${duplicateTotal.toLocaleString()} duplicate${duplicateTotal === 1 ? '' : 's'}, left out`}
          lines={duplicateDetails.map(({ line, of, firstLine, sku }) => [
            line,
            of === 'file' ? `the same as line ${firstLine}` : `known already, in ${sku ?? 'another product'}`,
          ])}
          total={duplicateTotal}
        />
      )}
      {invalidTotal > 0 && (
        <Lines
          title={`${invalidTotal.toLocaleString()} line${invalidTotal === 1 ? '' : 's'} that cannot be a key`}
          lines={invalid.map(({ line, why }) => [line, why])}
          total={invalidTotal}
        />
      )}
      {duplicateTotal + invalidTotal === 0 && <Text size="sm">No duplicates, and every line is a key.</Text>}
    </>
  );
}

function Lines({ title, lines, total }: { title: string; lines: [number, string][]; total: number }) {
  return (
    <details className={classes.lines} open={lines.length <= 20}>
      <summary>{title}</summary>
      <ul>
        {lines.map(([line, why]) => (
          <li key={line}>
            Line {line}: {why}
          </li>
        ))}
        {total > lines.length && <li>and {(total - lines.length).toLocaleString()} more</li>}
      </ul>
    </details>
  );
}

function formatWords({ kind, header, delimiter, column }: NonNullable<Report['format']>): string {
  if (kind === 'lines') return 'Read as one key a line.';
  const separator = delimiter === '\t' ? 'tabs' : `“${delimiter ?? ','}”`;
  return `Read as a table, separated by ${separator}; the keys stand in column ${(column ?? 0) + 1}${header ? ', the first line is its heading' : ''}.`;
}
