import { Tooltip } from '@mantine/core';
import { useUtc } from '../app/settings.ts';
import { localTime } from './local-time.ts';

/** A moment in the reader's zone, and the exact UTC on hover; the other way round for whoever chose UTC in their menu. */
export function When({ at, none = '–' }: { at: string | null; none?: string }) {
  const [isUtc] = useUtc();
  if (at === null) return <>{none}</>;
  const utc = `${at.replace('T', ' ').replace('Z', '')} UTC`;
  const local = localTime(new Date(at), new Date());
  return (
    <Tooltip label={isUtc ? local : utc} events={{ hover: true, focus: false, touch: true }}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {isUtc ? utc : local}
      </time>
    </Tooltip>
  );
}
