import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/api.ts';
import { useMember } from '../app/session.ts';

const LOOK_MS = 700;

/** How far an import of ours is: the server notes each thousand of keys in the list of imports, which is asked while it runs. */
export function useProgress(given: { isRunning: boolean; expected: number }): {
  /** Before it begins: what is the newest import now is not ours. */
  begin(): void;
  added: number;
  percent: number;
} {
  const { isRunning, expected } = given;
  const { staffId } = useMember();
  const [former, setFormer] = useState<string | undefined>(undefined);
  const imports = useQuery(
    api.keys.imports.queryOptions({}, { staleTime: 0, ...(isRunning && { refetchInterval: LOOK_MS }) }),
  );
  const newest = imports.data?.imports[0];
  const isOurs = newest !== undefined && newest.importId !== former && newest.actor === `staff:${staffId}`;
  const added = isRunning && isOurs ? newest.added : 0;
  return {
    begin: () => setFormer(newest?.importId),
    added,
    percent: expected === 0 ? 0 : Math.min(100, Math.max(3, (100 * added) / expected)),
  };
}
