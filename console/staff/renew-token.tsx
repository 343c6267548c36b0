import { client } from '../app/api.ts';
import { Act } from '../look/act.tsx';
import type { Staff, WithToken } from './staff-list.ts';

export function RenewToken(props: { member: Staff; isMe: boolean; show(member: WithToken): void }) {
  const { member, isMe, show } = props;
  const { staffId, name } = member;

  return (
    <Act
      right="staff"
      label="Renew token"
      button={{ size: 'compact-sm', 'aria-label': `Renew token of ${name}` }}
      title={isMe ? 'A new token for yourself?' : `A new token for ${name}?`}
      explain={
        isMe
          ? 'Your present one opens nothing from this moment on, and you are signed out everywhere. The new one is shown once; sign in with it then.'
          : 'The present one opens nothing from this moment on, and wherever they are signed in they are signed out. The new one is shown once.'
      }
      reasons={['The token was lost', 'A device was stolen', 'Renewed in turn']}
      confirm="Renew"
      isDangerous
      run={(reason) => client.staff.renew.mutate({ staffId, reason })}
      done={(renewed) => {
        show(renewed);
        return null;
      }}
    />
  );
}
