import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useAway } from './away.ts';

/** Over every screen, for as long as the server does not answer. */
export function AwayNote() {
  if (!useAway()) return null;
  return (
    <Alert color="red.9" variant="filled" radius={0} role="alert" icon={<IconPlugConnectedX aria-hidden />}>
      The server does not answer; what you see may be old. This page asks again by itself.
    </Alert>
  );
}
