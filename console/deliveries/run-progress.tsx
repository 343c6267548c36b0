import { Alert, Progress, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { StatusBadge } from '../look/badge.tsx';
import classes from './run-progress.module.css';
import type { BulkRun, Outcomes } from './use-bulk-replay.ts';

const HEADS: Record<Exclude<BulkRun['step'], 'asked'>, string> = {
  running: 'Reading again …',
  stopped: 'Stopped.',
  over: 'Done.',
};

export function RunProgress({ run, count }: { run: BulkRun; count: number }) {
  const { step, replayed, outcomes, fault } = run;
  const head = step === 'asked' ? '' : HEADS[step];
  return (
    <>
      <Text size="sm" role="status">
        <b>{head}</b> {fault !== null && 'At least '}
        {replayed.toLocaleString()} of {count.toLocaleString()} were read.
        {step === 'stopped' && ' It can go on from here: what was read already is recognised.'}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section
          value={step === 'over' ? 100 : (replayed / Math.max(count, 1)) * 100}
          animated={step === 'running'}
          aria-label="Deliveries read again"
        />
      </Progress.Root>
      {fault !== null && (
        <Alert color="red.9" variant="outline" icon={<IconAlertCircle aria-hidden />} role="alert">
          {fault}
        </Alert>
      )}
      {outcomes.length > 0 && <OutcomeList outcomes={outcomes} />}
    </>
  );
}

function OutcomeList({ outcomes }: { outcomes: Outcomes }) {
  return (
    <dl className={classes.outcomes} aria-label="What came of them">
      {outcomes
        .toSorted((a, b) => b.count - a.count)
        .map(({ status, count }) => (
          <div key={status}>
            <dt>
              <StatusBadge status={status} />
            </dt>
            <dd>{count.toLocaleString()}</dd>
          </div>
        ))}
    </dl>
  );
}
