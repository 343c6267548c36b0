import { Anchor, Button, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import { changeMember } from './seat.ts';
import { faultOf } from './server-fault.ts';
import { signIn } from './session.ts';
import classes from './sign-in.module.css';

/** The server's own sentence is for scripts. */
const UNKNOWN =
  'This token is not known here. It may have been renewed or revoked: ask your admin for a new one.';

/** A staff token becomes a session; the token itself is kept nowhere. */
export function SignIn() {
  const [token, setToken] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  // The tab may still be named after a buyer.
  useEffect(() => {
    document.title = 'Key Bank';
  }, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (token.trim() === '') return setFault('Paste your staff token here.');
    setBusy(true);
    try {
      const member = await signIn(token);
      changeMember(member);
    } catch (error) {
      setFault(faultOf(error).status === 401 ? UNKNOWN : faultOf(error).sentence);
      setBusy(false);
    }
  }

  return (
    <main className={classes.page}>
      <Paper className={classes.card} shadow="md" component="form" onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <div className={classes.brand}>
            <img src="/key.svg" alt="" width={44} height={44} />
            <div>
              <Title order={1} size="h3">
                Key Bank
              </Title>
              <Text c="dimmed" size="sm">
                A booking comes in, a license key goes out.
              </Text>
            </div>
          </div>
          <PasswordInput
            label="Staff token"
            description="The admin of this shop made one for you."
            placeholder="kb_staff_…"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={fault}
            errorProps={{ role: 'alert' }}
            autoComplete="current-password"
            autoFocus
            size="md"
          />
          <Button type="submit" size="md" loading={isBusy}>
            Sign in
          </Button>
          <details className={classes.first}>
            <summary>First time here?</summary>
            <Text size="sm" mt="xs">
              The first admin’s token is on the server, in the file <Code>staff-token</Code> of the data
              folder (<Code>data/staff-token</Code> unless you chose another), or in{' '}
              <Code>KEYBANK_STAFF_TOKEN</Code>. Print it with <Code>cat data/staff-token</Code>, paste it
              here, and give everybody else a token of their own under Staff.
            </Text>
          </details>
          <Text size="sm" c="dimmed">
            You bought a course and look for your key? <Anchor href="/help">Have it sent again.</Anchor>
          </Text>
        </Stack>
      </Paper>
    </main>
  );
}
