import { Button } from '@mantine/core';
import { IconRefreshAlert } from '@tabler/icons-react';
import { Plate } from './plate.tsx';

export function Broken() {
  return (
    <Plate
      icon={IconRefreshAlert}
      tone="bad"
      title="This screen could not be shown"
      action={<Button onClick={() => location.reload()}>Load it anew</Button>}
    >
      The server may have been updated a moment ago. Nothing that you did is lost.
    </Plate>
  );
}
