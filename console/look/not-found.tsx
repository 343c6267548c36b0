import { Anchor } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Plate } from './plate.tsx';

export function NotFound() {
  return (
    <Plate icon={IconMapOff} title="There is no such screen">
      The address may be mistyped, or of another version.{' '}
      <Anchor component={Link} href="/">
        Go to the start
      </Anchor>
    </Plate>
  );
}
