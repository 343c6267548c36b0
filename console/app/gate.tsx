import { Center, Loader } from '@mantine/core';
import { ServerAway } from '../look/server-away.tsx';
import { useSession } from './seat.ts';
import { MemberContext } from './session.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** Who may come in; the console begins behind it. */
export function Gate() {
  const session = useSession();
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
      <Shell key={session.data.staffId} />
    </MemberContext>
  );
}
