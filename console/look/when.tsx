import { Tooltip } from '@mantine/core';
import { localTime } from './local-time.ts';

/** A moment in the reader's zone; the exact UTC on hover, and for whoever tabs to it. */
export function When({ at, none = '–' }: { at: string | null; none?: string }) {
  if (at === null) return <>{none}</>;
  const utc = `${at.replace('T', ' ').replace('Z', '')} UTC`;
  return (
    <Tooltip label={utc} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {localTime(new Date(at), new Date())}
      </time>
    </Tooltip>
  );
}
