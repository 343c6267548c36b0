import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { showFault } from '../look/notices.tsx';
import { saveFile } from './save-file.ts';
import { trailPages } from './trail-pages.ts';
import type { Wanted } from './wanted-lines.ts';

/** The trail as one CSV, fetched page after page; it can be stopped in between. */
export function ExportTrail({ wanted }: { wanted: Wanted }) {
  const [pages, setPages] = useState<number | null>(null);
  const stopper = useRef<AbortController | null>(null);
  // Who leaves the screen, or filters otherwise, wants this file no more.
  useEffect(() => () => stopper.current?.abort(), []);

  async function run() {
    const { signal } = (stopper.current = new AbortController());
    setPages(0);
    try {
      const parts: string[] = [];
      for await (const csv of trailPages(wanted, signal)) setPages(parts.push(csv));
      saveFile(parts, `audit-${new Date().toISOString().slice(0, 10)}.csv`);
    } catch (error) {
      if (!signal.aborted) showFault(error);
    } finally {
      if (!signal.aborted) setPages(null);
    }
  }

  function stop() {
    stopper.current?.abort();
    setPages(null);
  }

  if (pages === null)
    return (
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={() => void run()}
      >
        Export as CSV
      </Button>
    );
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {pages === 0 ? 'Reading the trail …' : `About ${(pages * 1000).toLocaleString()} lines so far …`}
      </Text>
      <Button variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={stop}>
        Stop
      </Button>
    </Group>
  );
}
