import { Tooltip } from '@mantine/core';
import { useMoments } from './use-moments.ts';

/** A moment in the reader's zone, and the exact UTC on hover; the other way round for whoever chose UTC in their menu. */
export function When({ at, none = '–' }: { at: string | null; none?: string }) {
  const moments = useMoments();
  if (at === null) return <>{none}</>;
  return (
    <Tooltip label={moments.aside(at)} events={{ hover: true, focus: false, touch: true }}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {moments.said(at)}
      </time>
    </Tooltip>
  );
}
