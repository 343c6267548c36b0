import { useQuery } from '@tanstack/react-query';
import { forgetNotices } from '../look/notices.tsx';
import { forgetSearch } from '../search/use-search-text.ts';
import { every, queryClient } from './query-client.ts';
import { readSession, SESSION_KEY, type Member } from './session.ts';

/** How often who is signed in is asked who they are, since an admin may change what they may do. */
const LOOK_MS = 60_000;

/** Who sits here: null while nobody is signed in, undefined while that is not known. */
export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: lookWho,
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data === null ? false : every(LOOK_MS)(query)),
  });
}

/** Somebody else sits here now, or nobody. */
export function changeMember(member: Member | null): void {
  forgetFormer();
  queryClient.setQueryData(SESSION_KEY, member);
}

/** Another tab may have signed in as somebody else, or the session have ended. */
async function lookWho(): Promise<Member | null> {
  const member = await readSession();
  const former = queryClient.getQueryData<Member | null>(SESSION_KEY);
  if (former && former.staffId !== member?.staffId) forgetFormer();
  return member;
}

/** SECURITY: what the former one saw, searched and was told is nothing to who sits here next. */
function forgetFormer(): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  forgetNotices();
  forgetSearch();
}
