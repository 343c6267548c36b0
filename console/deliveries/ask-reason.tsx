import { Button, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ReasonField } from '../look/reason-field.tsx';

const REASONS = ['The courses are mapped now', 'After the update', 'A site had sent nothing readable'];

interface AskReasonProps {
  count: number;
  words: string;
  cancel(): void;
  start(reason: string): void;
}

export function AskReason({ count, words, cancel, start }: AskReasonProps) {
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const many = count === 1 ? 'delivery' : 'deliveries';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === '') return setMissing(true);
    start(reason.trim());
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <div>
          <Text fz={32} fw={650} lh={1.2}>
            {count.toLocaleString()}
          </Text>
          <Text size="sm">to be read again: {words}. Replays themselves are left out.</Text>
        </div>
        <Text size="sm" c="dimmed">
          Oldest first, by the products and courses as they are set up now. Orders that are as they should be
          stay as they are, and those that staff stopped stay stopped. No buyer gets a second key.
        </Text>
        <ReasonField reason={reason} change={setReason} isMissing={isMissing} usual={REASONS} isFirst />
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            Cancel
          </Button>
          <Button type="submit">
            Read {count.toLocaleString()} {many} again
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
