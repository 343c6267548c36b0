import { useEffect, useRef, useState } from 'react';
import { client } from '../app/api.ts';
import type { Outputs } from '../app/outputs.ts';
import { refresh } from '../app/query-client.ts';
import { faultOf } from '../app/server-fault.ts';

type Counted = Outputs['deliveries']['countReplay'];
export type Outcomes = Outputs['deliveries']['replayMany']['outcomes'];

export interface BulkRun {
  step: 'asked' | 'running' | 'stopped' | 'over';
  replayed: number;
  outcomes: Outcomes;
  /** Why it stopped; null when somebody stopped it. */
  fault: string | null;
}

const BEFORE: BulkRun = { step: 'asked', replayed: 0, outcomes: [], fault: null };

/** Runs a counted set page by page. What stopped can go on from where it was: a page that is run twice changes nothing. */
export function useBulkReplay({ filter, count }: Counted) {
  const [run, setRun] = useState(BEFORE);
  const cursor = useRef<string | undefined>(undefined);
  const isWanted = useRef(true);

  useEffect(() => {
    isWanted.current = true;
    return () => {
      isWanted.current = false;
    };
  }, []);

  async function go(reason: string): Promise<void> {
    isWanted.current = true;
    setRun((former) => ({ ...former, step: 'running', fault: null }));
    try {
      do {
        const page = await client.deliveries.replayMany.mutate({
          filter,
          count,
          reason,
          ...(cursor.current !== undefined && { cursor: cursor.current }),
        });
        cursor.current = page.next;
        setRun((former) => withPage(former, page));
      } while (cursor.current !== undefined && isWanted.current);
      setRun((former) => ({ ...former, step: cursor.current === undefined ? 'over' : 'stopped' }));
    } catch (error) {
      setRun((former) => ({ ...former, step: 'stopped', fault: faultOf(error).sentence }));
    }
    refresh();
  }

  return {
    run,
    go,
    /** After the page that is under way. */
    stop: () => {
      isWanted.current = false;
    },
  };
}

function withPage(former: BulkRun, page: Outputs['deliveries']['replayMany']): BulkRun {
  const counts = new Map(former.outcomes.map(({ status, count }) => [status, count]));
  for (const { status, count } of page.outcomes) counts.set(status, (counts.get(status) ?? 0) + count);
  return {
    ...former,
    replayed: former.replayed + page.replayed,
    outcomes: [...counts].map(([status, count]) => ({ status, count })),
  };
}
