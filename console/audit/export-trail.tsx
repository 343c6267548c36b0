import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { showDone, showFault } from '../look/notices.tsx';
import { saveFile } from './save-file.ts';
import { trailPages } from './trail-pages.ts';
import type { Wanted } from './wanted-lines.ts';

/** The trail as one CSV, fetched page after page; it can be stopped in between. */
export function ExportTrail({ wanted }: { wanted: Wanted }) {
  const [pages, setPages] = useState<number | null>(null);
  const stopper = useRef<AbortController | null>(null);
  const words = JSON.stringify(wanted);
  // Who leaves the screen, or filters otherwise, wants this file no more.
  useEffect(
    () => () => {
      stopper.current?.abort();
      setPages(null);
    },
    [words],
  );

  async function run() {
    const { signal } = (stopper.current = new AbortController());
    setPages(0);
    try {
      const parts: string[] = [];
      for await (const csv of trailPages(wanted, signal)) setPages(parts.push(csv));
      const name = `audit-${new Date().toISOString().slice(0, 10)}.csv`;
      saveFile(parts, name);
      showDone({ text: `The lines were saved as ${name}.` });
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

  const isRunning = pages !== null;
  return (
    <Group gap="sm">
      {isRunning && (
        <Text size="sm" c="dimmed" role="status">
          {pages === 0 ? 'Reading the trail …' : `About ${(pages * 1000).toLocaleString()} lines so far …`}
        </Text>
      )}
      {/* One button, so that whoever stands on it stays there. */}
      <Button
        variant="default"
        leftSection={isRunning ? <IconX size={16} aria-hidden /> : <IconDownload size={16} aria-hidden />}
        onClick={() => (isRunning ? stop() : void run())}
      >
        {isRunning ? 'Stop' : 'Export as CSV'}
      </Button>
    </Group>
  );
}
