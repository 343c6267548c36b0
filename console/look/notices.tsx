import { Button, Group, Text, useMatches } from '@mantine/core';
import { randomId } from '@mantine/hooks';
import { Notifications, notifications, type NotificationData } from '@mantine/notifications';
import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { focusContent } from '../app/arrive.ts';
import { refresh } from '../app/query-client.ts';
import { sentenceOfAct } from '../app/server-fault.ts';
import { UNDO } from '../app/shortcuts.ts';

/** More would hide what somebody works at. */
const MOST = 3;
const READ_MS = 12_000;
/** Who wants to undo has to find that out first. */
const UNDO_MS = 60_000;

/** Where notes appear: on a phone at the top, where no dialog has its buttons. */
export function Notices() {
  const position = useMatches({ base: 'top-center', sm: 'bottom-right' } as const);
  return <Notifications position={position} limit={MOST} autoClose={READ_MS} />;
}

/** SECURITY: they may name buyers; who signs in next is told nothing of them. */
export function forgetNotices(): void {
  notifications.clean();
  shown = [];
}

/** An act is done; `undo` takes it back, and says what came of that. */
export interface Done {
  text: string;
  undo?: { label: string; run(): Promise<string> };
  /** It was refused, though not all of the act. */
  isRefused?: boolean;
}

/** Says what was done, offers to undo it, and asks for everything on the screen anew. */
export function showDone({ text, undo, isRefused = false }: Done): void {
  const id = randomId();
  refresh();
  if (isRefused) return showRefused(text);
  let isTaken = false;
  const takeBack = async (run: () => Promise<string>) => {
    if (isTaken) return;
    isTaken = true;
    try {
      const text = await run();
      notifications.hide(id);
      focusContent();
      showDone({ text });
    } catch (error) {
      // It can be tried again.
      isTaken = false;
      showFault(error);
    }
  };
  show({
    id,
    color: 'green.9',
    icon: <IconCheck size={18} aria-hidden />,
    role: 'status',
    autoClose: undo ? UNDO_MS : READ_MS,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {undo && (
          <Button
            size="compact-sm"
            variant="default"
            {...{ [UNDO]: true }}
            onClick={() => void takeBack(undo.run)}
          >
            {undo.label}
          </Button>
        )}
      </Group>
    ),
  });
}

export function showFault(error: unknown): void {
  showRefused(sentenceOfAct(error));
}

function showRefused(message: string): void {
  show({
    id: randomId(),
    color: 'red.9',
    icon: <IconAlertCircle size={18} aria-hidden />,
    autoClose: false,
    role: 'alert',
    message,
  });
}

let shown: string[] = [];

/** The newest notes stand; older ones give way, rather than that new ones wait behind a fault that nobody closes. */
function show(note: NotificationData & { id: string }): void {
  for (const id of shown.slice(0, Math.max(0, shown.length - MOST + 1))) notifications.hide(id);
  shown.push(note.id);
  notifications.show({
    ...note,
    closeButtonProps: { 'aria-label': 'Close this note' },
    onClose: () => (shown = shown.filter((id) => id !== note.id)),
    // Whoever has come to its buttons is not to lose them.
    onFocus: () => notifications.update({ ...note, autoClose: false }),
  });
}
