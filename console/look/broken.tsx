import { Button } from '@mantine/core';
import { IconRefreshAlert } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { AWAY, useAway } from '../app/away.ts';
import { Plate } from './plate.tsx';

/** A part of the console did not come: the server is away, or was updated and has other parts now. */
export function Broken() {
  const isAway = useAway() === AWAY;
  const wasAway = useRef(false);
  useEffect(() => {
    if (isAway) wasAway.current = true;
    else if (wasAway.current) location.reload();
  }, [isAway]);
  return (
    <Plate
      icon={IconRefreshAlert}
      tone="bad"
      title="This screen could not be shown"
      action={<Button onClick={() => location.reload()}>Load it anew</Button>}
    >
      {isAway
        ? 'The server does not answer. The screen comes by itself as soon as it does.'
        : 'The server may have been updated a moment ago. Nothing that you did is lost.'}
    </Plate>
  );
}
