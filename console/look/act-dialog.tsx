import { Alert, Button, Chip, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { holdStill } from '../app/attentive.ts';
import { faultOf } from '../app/server-fault.ts';
import { showDone, type Done } from './notices.tsx';

/** As the server keeps it (server/staff/reason.ts). */
const MAX_REASON = 200;

export interface ActDialogProps<Out> {
  isOpen: boolean;
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
  const { isOpen, close, title, explain, reasons, confirm, isDangerous = false, fields } = props;
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);

  useEffect(holdStill, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    // A dialog may stand, for React, within the form of another.
    event.stopPropagation();
    const missing = props.check?.() ?? '';
    if (missing !== '') return setFault(missing);
    if (reason.trim() === '') return setMissing(true);
    setBusy(true);
    setFault(null);
    try {
      const done = props.done(await props.run(reason.trim()), reason.trim());
      close();
      if (done) showDone(done);
    } catch (error) {
      setFault(faultOf(error).sentence);
      setBusy(false);
    }
  }

  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      styles={{
        title: { fontWeight: 650 },
        content: { background: 'var(--kb-card)' },
        header: { background: 'var(--kb-card)' },
      }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <Text size="sm" c="dimmed" component="div">
            {explain}
          </Text>
          {fields}
          <TextInput
            label="Reason"
            description="Kept in the audit trail, with your name."
            placeholder="Why?"
            value={reason}
            maxLength={MAX_REASON}
            data-autofocus={fields === undefined || undefined}
            error={isMissing && reason.trim() === '' && 'Say why in a few words.'}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {reasons.length > 0 && (
            <Chip.Group value={reason} onChange={setReason} multiple={false}>
              <Group gap={6} role="group" aria-label="Usual reasons">
                {reasons.map((text) => (
                  <Chip key={text} value={text} size="xs" variant="outline">
                    {text}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          )}
          {fault !== null && (
            <Alert color="red.9" variant="outline" icon={<IconAlertCircle aria-hidden />} role="alert">
              {fault}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
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
