import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useAway } from './away.ts';

/** Over every screen, for as long as the server does not answer, or not well. */
export function AwayNote() {
  const sentence = useAway();
  if (sentence === null) return null;
  return (
    <Alert color="red.9" variant="filled" radius={0} role="alert" icon={<IconPlugConnectedX aria-hidden />}>
      {sentence}
    </Alert>
  );
}
