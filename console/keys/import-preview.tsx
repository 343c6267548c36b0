import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { faultOf, sentenceOfAct } from '../app/server-fault.ts';
import { Card } from '../look/card.tsx';
import { keyCount } from '../look/counts.ts';
import { Loading } from '../look/loading.tsx';
import { showDone } from '../look/notices.tsx';
import { ColumnChoice } from './column-choice.tsx';
import type { Draft } from './import-form.tsx';
import { ImportFindings } from './import-findings.tsx';
import { UndoImport } from './undo-import.tsx';
import { useProgress } from './use-progress.ts';

/** The second and the third step: what would happen, and what did. */
export function ImportPreview(props: {
  draft: Draft;
  change(draft: Draft): void;
  /** To the form as it was. */
  back(): void;
  /** To an empty one. */
  finish(): void;
}) {
  const { draft, change, back, finish } = props;
  const { id: _own, ...list } = draft;
  const preview = useQuery({
    // SECURITY: the draft holds whole keys, so the answer is kept by no name that repeats them, and no longer than shown.
    queryKey: ['preview', draft.id, draft.column],
    queryFn: () => client.keys.import.mutate({ ...list, dryRun: true }),
    gcTime: 0,
    // Another column: what was there stays until the answer comes.
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
  const run = useMutation({
    mutationFn: () => client.keys.import.mutate({ ...list, dryRun: false }),
    onSuccess: ({ added }) => showDone({ text: `${keyCount(added)} of ${draft.sku} came into stock.` }),
  });
  const progress = useProgress({ isRunning: run.isPending, expected: preview.data?.added ?? 0 });
  const isDone = run.data !== undefined;
  const step = useRef<HTMLDivElement>(null);
  // What led here is gone: whoever uses the keyboard is not left nowhere.
  useEffect(() => {
    if (document.activeElement === document.body) step.current?.focus({ preventScroll: true });
  }, [preview.status, isDone]);
  return (
    <div ref={step} tabIndex={-1} style={{ outline: 'none' }}>
      <Card title={isDone ? '3. Done' : '2. What would happen'}>
        {preview.isPending && <Loading lines={3} />}
        {preview.isError && <Refused error={preview.error} draft={draft} change={change} />}
        {preview.data && !isDone && (
          <Summary of={preview.data} draft={draft} change={run.isPending ? null : change} />
        )}
        {run.data && <Result of={run.data} draft={draft} />}
        {run.isPending && (
          <Stack gap={4} mt="md">
            <Progress.Root size="lg">
              <Progress.Section value={progress.percent} animated aria-label="Keys brought in" />
            </Progress.Root>
            <Text size="sm" c="dimmed">
              {progress.added.toLocaleString()} of {(preview.data?.added ?? 0).toLocaleString()} keys are in
            </Text>
          </Stack>
        )}
        {run.isError && (
          <Alert color="red.9" variant="outline" role="alert" mt="md" icon={<IconAlertCircle aria-hidden />}>
            {sentenceOfAct(run.error)}
          </Alert>
        )}
        <Group mt="lg">
          {!isDone && preview.data !== undefined && (
            <Button
              loading={run.isPending}
              disabled={preview.data.added === 0 || preview.isPlaceholderData}
              onClick={() => {
                progress.begin();
                run.mutate();
              }}
            >
              {preview.data.added === 0 ? 'Nothing to import' : `Import ${keyCount(preview.data.added)}`}
            </Button>
          )}
          {run.data?.importId !== undefined && (
            <UndoImport
              importId={run.data.importId}
              sku={draft.sku}
              button={{ size: 'sm' }}
              undone={finish}
            />
          )}
          <Button variant="default" onClick={isDone ? finish : back} disabled={run.isPending}>
            {isDone ? 'Import more' : 'Back'}
          </Button>
        </Group>
      </Card>
    </div>
  );
}

type Report = Outputs['keys']['import'];

/** `change` is null while it runs. */
function Summary(props: { of: Report; draft: Draft; change: ((draft: Draft) => void) | null }) {
  const { of: report, draft, change } = props;
  const { added, newProduct, format } = report;
  return (
    <Stack gap="sm">
      <Text size="lg" fw={600}>
        {keyCount(added)} would come into stock of {draft.sku}
        {newProduct && ', a new product'}.
      </Text>
      {format?.kind === 'table' && change !== null && (
        <ColumnChoice draft={draft} value={String(format.column ?? 0)} change={change} />
      )}
      <ImportFindings report={report} />
    </Stack>
  );
}

function Result({ of: report, draft }: { of: Report; draft: Draft }) {
  return (
    <Stack gap="sm">
      <Group gap="xs" role="status">
        <IconCheck size={22} aria-hidden />
        <Text size="lg" fw={600}>
          {keyCount(report.added)} of {draft.sku} came in.
        </Text>
      </Group>
      <ImportFindings report={report} />
    </Stack>
  );
}

/** A table whose column of keys the server cannot tell: one says which. */
function Refused(props: { error: unknown; draft: Draft; change(draft: Draft): void }) {
  const { sentence, reason } = faultOf(props.error);
  return (
    <Stack>
      <Alert color="red.9" variant="outline" role="alert" icon={<IconAlertCircle aria-hidden />}>
        {sentence}
      </Alert>
      {(reason === 'import.unclear_column' || reason === 'import.no_such_column') && (
        <ColumnChoice draft={props.draft} value={null} change={props.change} />
      )}
    </Stack>
  );
}
