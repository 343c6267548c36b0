import { client } from '../app/api.ts';
import type { Wanted } from './wanted-lines.ts';

/** Pages of up to 1,000 lines, the newest first; the heading stands on the first alone. */
export async function* trailPages(wanted: Wanted, signal: AbortSignal): AsyncGenerator<string> {
  for (let cursor: string | undefined; ;) {
    const page = await client.audit.export.query({ ...wanted, cursor }, { signal });
    yield page.csv;
    if (page.next === undefined) return;
    cursor = page.next;
  }
}
