import { Anchor } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Plate } from './plate.tsx';
import { Screen } from './screen.tsx';

export function NotFound() {
  return (
    <Screen title="No such screen">
      <Plate icon={IconMapOff} title="There is nothing at this address">
        It may be mistyped, or of another version.{' '}
        <Anchor component={Link} href="/">
          Go to the start
        </Anchor>
      </Plate>
    </Screen>
  );
}
