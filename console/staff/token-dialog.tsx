import { Button, Checkbox, CopyButton, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { holdStill } from '../app/attentive.ts';
import classes from './staff.module.css';
import type { WithToken } from './staff-list.ts';

/** The one time that a token is to be seen. It does not close by a slip: neither by a click beside it nor by Escape. */
export function TokenDialog(props: { member: WithToken; isMine: boolean; close(): void }) {
  const { member, isMine, close } = props;
  const { name, token } = member;
  const [isKept, setKept] = useState(false);
  // Who renewed their own is signed out by it: the first refusal would put the sign-in in the place of the token.
  useEffect(holdStill, []);
  return (
    <Modal
      opened
      onClose={close}
      title={isMine ? 'Your new token' : `The token of ${name}`}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <Text size="sm">
          It is shown this once, and kept nowhere. Whoever has it may do what {isMine ? 'you' : name} may do.
        </Text>
        <code className={classes.token}>{token}</code>
        <CopyButton value={token} timeout={3000}>
          {({ copied, copy }) => (
            <Button
              data-autofocus
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the token'}
            </Button>
          )}
        </CopyButton>
        {isMine ? (
          <Text size="sm">Put it into your password manager. When you close this, sign in with it.</Text>
        ) : (
          <HandOver name={name} />
        )}
        <Checkbox
          label={
            isMine ? 'I have put it into a safe place' : 'I have handed it over, or put it into a safe place'
          }
          checked={isKept}
          onChange={({ currentTarget }) => setKept(currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" disabled={!isKept} onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function HandOver({ name }: { name: string }) {
  return (
    <List size="sm" spacing={4}>
      <List.Item>Hand it over in person, or through a password manager that you share.</List.Item>
      <List.Item>Not by mail, chat or a ticket: those keep it where others can read it.</List.Item>
      <List.Item>Let {name} sign in with it now. When in doubt who saw it, renew it.</List.Item>
    </List>
  );
}
