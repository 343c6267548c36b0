import { Button, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Icon } from '@tabler/icons-react';
import { useLayoutEffect, useRef } from 'react';
import { focusContent } from '../app/arrive.ts';
import { useMay, type Right } from '../app/session.ts';
import { ActDialog, type ActDialogProps } from './act-dialog.tsx';

interface ActProps<Out> extends Omit<ActDialogProps<Out>, 'close'> {
  /** Who lacks it does not see the button. */
  right: Right;
  label: string;
  icon?: Icon;
  button?: Pick<ButtonProps, 'variant' | 'size' | 'disabled'> & { 'aria-label'?: string };
  /** Before the dialog opens, e.g. to fill its fields with what is so now. */
  onOpen?(): void;
}

/** A button that acts: it asks for a reason first, says what came of it, and offers to undo what can be undone. */
export function Act<Out>({ right, label, icon: Icon, button, onOpen, ...dialog }: ActProps<Out>) {
  const may = useMay();
  const [isOpen, { open, close }] = useDisclosure();
  const place = useRef<HTMLButtonElement>(null);
  // What it acted on may be gone then, and the button with it: whoever uses the keyboard is not left nowhere.
  useLayoutEffect(() => {
    const own = place.current;
    return () => {
      if (own !== null && own === document.activeElement) focusContent();
    };
  }, []);
  const leave = () => {
    close();
    requestAnimationFrame(() => {
      // Another dialog has followed, and has the focus.
      if (document.querySelector('[role=dialog]')) return;
      if (place.current?.isConnected && !place.current.disabled) place.current.focus();
      else focusContent();
    });
  };
  if (!may(right)) return null;
  return (
    <>
      <Button
        ref={place}
        variant="default"
        size="sm"
        {...button}
        leftSection={Icon && <Icon size={16} aria-hidden />}
        onClick={() => {
          onOpen?.();
          open();
        }}
      >
        {label}
      </Button>
      {isOpen && <ActDialog close={leave} {...dialog} />}
    </>
  );
}
