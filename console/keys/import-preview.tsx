import { Alert, Button, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { faultOf, sentenceOfAct } from '../app/server-fault.ts';
import { Card } from '../look/card.tsx';
import { Loading } from '../look/loading.tsx';
import { showDone } from '../look/notices.tsx';
import type { Draft } from './import-form.tsx';
import { ImportFindings } from './import-findings.tsx';
import { UndoImport } from './undo-import.tsx';
import { useProgress } from './use-progress.ts';

/** The second and the third step: what would happen, and what did. */
export function ImportPreview(props: { draft: Draft; change(draft: Draft): void; leave(): void }) {
  const { draft, change, leave } = props;
  const preview = useQuery({
    // SECURITY: the draft holds whole keys, so the answer is kept by no name that repeats them, and no longer than shown.
    queryKey: ['preview', draft.origin, draft.sku, draft.column, draft.text.length],
    queryFn: () => client.keys.import.mutate({ ...draft, dryRun: true }),
    gcTime: 0,
    staleTime: Infinity,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });
  const run = useMutation({
    mutationFn: () => client.keys.import.mutate({ ...draft, dryRun: false }),
    onSuccess: ({ added }) =>
      showDone({ text: `${added.toLocaleString()} keys of ${draft.sku} are in stock.` }),
  });
  const progress = useProgress({ isRunning: run.isPending, expected: preview.data?.added ?? 0 });
  const isDone = run.data !== undefined;
  const step = useRef<HTMLDivElement>(null);
  // The button that led here is gone.
  useEffect(() => step.current?.focus({ preventScroll: true }), [isDone]);
  return (
    <div ref={step} tabIndex={-1} style={{ outline: 'none' }}>
      <Card title={isDone ? '3. Done' : '2. What would happen'}>
        {preview.isPending && <Loading lines={3} />}
        {preview.isError && <Refused error={preview.error} draft={draft} change={change} />}
        {preview.data && !isDone && <Summary of={preview.data} draft={draft} />}
        {run.data && <Result of={run.data} draft={draft} />}
        {run.isPending && (
          <Stack gap={4} mt="md" aria-live="polite">
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
              disabled={preview.data.added === 0}
              onClick={() => {
                progress.begin();
                run.mutate();
              }}
            >
              {preview.data.added === 0
                ? 'Nothing to import'
                : `Import ${preview.data.added.toLocaleString()} keys`}
            </Button>
          )}
          {run.data?.importId !== undefined && (
            <UndoImport importId={run.data.importId} sku={draft.sku} button={{ size: 'sm' }} undone={leave} />
          )}
          <Button variant="default" onClick={leave} disabled={run.isPending}>
            {isDone ? 'Import more' : 'Back'}
          </Button>
        </Group>
      </Card>
    </div>
  );
}

type Report = Outputs['keys']['import'];

function Summary({ of: report, draft }: { of: Report; draft: Draft }) {
  const { added, newProduct } = report;
  return (
    <Stack gap="sm">
      <Text size="lg" fw={600}>
        {added.toLocaleString()} {added === 1 ? 'key' : 'keys'} would come into stock of {draft.sku}
        {newProduct && ', a new product'}.
      </Text>
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
          {report.added.toLocaleString()} keys of {draft.sku} came in.
        </Text>
      </Group>
      <ImportFindings report={report} />
    </Stack>
  );
}

/** A table whose column of keys the server cannot tell: one says which. */
function Refused(props: { error: unknown; draft: Draft; change(draft: Draft): void }) {
  const { sentence, reason } = faultOf(props.error);
  const heads = (props.draft.text.split(/\r?\n/, 1)[0] ?? '').split(/[;,\t|]/).map((head) => head.trim());
  // By its name where that is clear, so that the first line is taken for what it is: the heading.
  const valueOf = (head: string, index: number) =>
    head !== '' && heads.filter((other) => other === head).length === 1 ? head : String(index + 1);
  return (
    <Stack>
      <Alert color="red.9" variant="outline" role="alert" icon={<IconAlertCircle aria-hidden />}>
        {sentence}
      </Alert>
      {(reason === 'import.unclear_column' || reason === 'import.no_such_column') && (
        <Select
          label="The column with the keys"
          maw={360}
          data={heads.map((head, index) => ({
            value: valueOf(head, index),
            label: `${index + 1}. ${head.slice(0, 40)}`,
          }))}
          value={props.draft.column ?? null}
          onChange={(column) => column !== null && props.change({ ...props.draft, column })}
        />
      )}
    </Stack>
  );
}
