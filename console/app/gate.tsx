import { Center, Loader } from '@mantine/core';
import { ServerAway } from '../look/server-away.tsx';
import { every } from './query-client.ts';
import { MemberContext, useSession } from './session.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

const LOOK_MS = 60_000;

/** Who may come in; the console begins behind it. */
export function Gate() {
  const session = useSession(every(LOOK_MS));
  if (session.isPending)
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    );
  if (session.data === undefined)
    return <ServerAway error={session.error} retry={() => void session.refetch()} />;
  if (session.data === null) return <SignIn />;
  return (
    <MemberContext value={session.data}>
      <Shell />
    </MemberContext>
  );
}
