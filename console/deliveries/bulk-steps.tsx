import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Outputs } from '../app/outputs.ts';
import { AskReason } from './ask-reason.tsx';
import { RunProgress } from './run-progress.tsx';
import { useBulkReplay } from './use-bulk-replay.ts';

interface StepsProps {
  counted: Outputs['deliveries']['countReplay'];
  words: string;
  close(): void;
  setBusy(isBusy: boolean): void;
}

/** Asked, running, and over or stopped. */
export function BulkSteps({ counted, words, close, setBusy }: StepsProps) {
  const { run, go, stop } = useBulkReplay(counted);
  const [reason, setReason] = useState('');
  const start = async (why: string) => {
    setReason(why);
    setBusy(true);
    await go(why);
    setBusy(false);
  };

  if (counted.count === 0)
    return (
      <Stack>
        <Text size="sm">
          There is nothing to read again: no {words.replace(/^all /, '')}. Replays themselves are left out.
        </Text>
        <Group justify="flex-end">
          <Button onClick={close}>Close</Button>
        </Group>
      </Stack>
    );
  if (run.step === 'asked')
    return <AskReason count={counted.count} words={words} cancel={close} start={(why) => void start(why)} />;
  return (
    <Stack>
      <RunProgress run={run} count={counted.count} />
      <Group justify="flex-end">
        {run.step === 'running' && (
          <Button variant="default" autoFocus onClick={stop}>
            Stop after this page
          </Button>
        )}
        {run.step === 'stopped' && (
          <Button variant="default" onClick={() => void start(reason)}>
            Go on
          </Button>
        )}
        {run.step !== 'running' && (
          <Button autoFocus onClick={close}>
            Close
          </Button>
        )}
      </Group>
    </Stack>
  );
}
