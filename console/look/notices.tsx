import { Button, Group, Text, useMatches } from '@mantine/core';
import { randomId } from '@mantine/hooks';
import { Notifications, notifications } from '@mantine/notifications';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { refresh } from '../app/query-client.ts';
import { sentenceOfAct } from '../app/server-fault.ts';

/** Where notes appear: on a phone at the top, where no dialog has its buttons. */
export function Notices() {
  const position = useMatches({ base: 'top-center', sm: 'bottom-right' } as const);
  return <Notifications position={position} limit={3} autoClose={12_000} />;
}

/** SECURITY: they may name buyers; who signs in next is told nothing of them. */
export function forgetNotices(): void {
  notifications.clean();
}

/** An act is done; `undo` takes it back, and says what came of that. */
export interface Done {
  text: string;
  undo?: { label: string; run(): Promise<string> };
}

/** Says what was done, offers to undo it, and asks for everything on the screen anew. */
export function showDone({ text, undo }: Done): void {
  const id = randomId();
  refresh();
  const takeBack = async (run: () => Promise<string>) => {
    notifications.hide(id);
    try {
      showDone({ text: await run() });
    } catch (error) {
      showFault(error);
    }
  };
  notifications.show({
    id,
    color: 'green.9',
    icon: <IconCheck size={18} aria-hidden />,
    closeButtonProps: { 'aria-label': 'Close this note' },
    role: 'status',
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {undo && (
          <Button size="compact-sm" variant="default" onClick={() => void takeBack(undo.run)}>
            {undo.label}
          </Button>
        )}
      </Group>
    ),
  });
}

export function showFault(error: unknown): void {
  notifications.show({
    color: 'red.9',
    icon: <IconAlertCircle size={18} aria-hidden />,
    closeButtonProps: { 'aria-label': 'Close this note' },
    autoClose: false,
    role: 'alert',
    message: sentenceOfAct(error),
  });
}
