import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import type { Staff } from './staff-list.ts';

export function RevokeStaff({ member: { staffId, name }, isMe }: { member: Staff; isMe: boolean }) {
  return (
    <Act
      right="staff"
      label="Revoke"
      button={{ size: 'compact-sm', 'aria-label': `Revoke ${name}` }}
      title={isMe ? 'Revoke yourself?' : `Revoke ${name}?`}
      explain={
        <>
          {isMe
            ? 'You are signed out at once, and your token opens nothing any more. '
            : 'Token and sessions are dead at once. '}
          This cannot be undone: who comes back is added anew. The name stays in the audit trail.
        </>
      }
      reasons={['Works elsewhere now', 'The token got into wrong hands']}
      confirm="Revoke for good"
      isDangerous
      run={(reason) => client.staff.revoke.mutate({ staffId, reason })}
      done={() => ({ text: `${name} is revoked: token and sessions open nothing any more.` })}
    />
  );
}
