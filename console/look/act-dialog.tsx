import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { holdStill } from '../app/attentive.ts';
import { sentenceOfAct } from '../app/server-fault.ts';
import { showDone, type Done } from './notices.tsx';
import { ReasonField } from './reason-field.tsx';

export interface ActDialogProps<Out> {
  close(): void;
  title: string;
  /** What will happen, and what will not. */
  explain: ReactNode;
  /** Reasons that fit most times: one click each. */
  reasons: string[];
  confirm: string;
  isDangerous?: boolean;
  /** Beyond the reason. */
  fields?: ReactNode;
  /** What is missing in the fields; '' when nothing is. */
  check?(): string;
  run(reason: string): Promise<Out>;
  /** What is said then; null when the caller shows it. */
  done(out: Out, reason: string): Done | null;
}

export function ActDialog<Out>(props: ActDialogProps<Out>) {
  const { close, title, explain, reasons, confirm, isDangerous = false, fields } = props;
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);

  useEffect(holdStill, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    // A dialog may stand, for React, within the form of another.
    event.stopPropagation();
    if (isBusy) return;
    const missing = props.check?.() ?? '';
    setFault(missing === '' ? null : missing);
    if (missing !== '') return;
    if (reason.trim() === '') return setMissing(true);
    setBusy(true);
    try {
      const done = props.done(await props.run(reason.trim()), reason.trim());
      close();
      if (done) showDone(done);
    } catch (error) {
      setFault(sentenceOfAct(error));
      setBusy(false);
    }
  }

  return (
    // While it runs it stays open: whoever closed it would not see what came of it, and might do it twice.
    <Modal
      opened
      onClose={close}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      withCloseButton={!isBusy}
      closeOnEscape={!isBusy}
      closeOnClickOutside={!isBusy}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <Text size="sm" c="dimmed" component="div">
            {explain}
          </Text>
          {fields}
          <ReasonField
            reason={reason}
            change={setReason}
            isMissing={isMissing}
            usual={reasons}
            isFirst={fields === undefined}
          />
          {fault !== null && (
            <Alert color="red.9" variant="outline" icon={<IconAlertCircle aria-hidden />} role="alert">
              {fault}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={isBusy}>
              Cancel
            </Button>
            <Button type="submit" color={isDangerous ? 'red.9' : 'gold'} loading={isBusy}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
