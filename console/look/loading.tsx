import { Skeleton, Stack } from '@mantine/core';

/** In the shape of what comes: a heading and lines. */
export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <Stack p="lg" gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton
          key={line}
          height={line === 0 ? 28 : 44}
          width={line === 0 ? '12rem' : '100%'}
          radius="md"
        />
      ))}
    </Stack>
  );
}
