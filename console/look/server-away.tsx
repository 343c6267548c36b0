import { Button } from '@mantine/core';
import { IconMapOff, IconPlugConnectedX } from '@tabler/icons-react';
import { faultOf } from '../app/server-fault.ts';
import { Plate } from './plate.tsx';

/** What was asked for did not come. `isOnce`: and nothing asks for it again but the button. */
export function ServerAway(props: { error: unknown; retry(): void; isOnce?: boolean }) {
  const { error, retry, isOnce = false } = props;
  const { sentence, status } = faultOf(error);
  if (status === 404)
    return (
      <Plate icon={IconMapOff} title="There is no such thing">
        {sentence}
      </Plate>
    );
  return (
    <Plate
      icon={IconPlugConnectedX}
      tone="bad"
      title={status === null ? 'No answer from the server' : 'That did not work'}
      action={
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      }
    >
      {sentence} {status === null && !isOnce && 'This page asks again by itself.'}
    </Plate>
  );
}
