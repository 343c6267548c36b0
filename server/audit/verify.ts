import type { AuditLine, PromiseCount } from '../store/rows.ts';
import type { AuditVerbs } from '../store/store.ts';
import { seal } from './seal.ts';

const PAGE = 5000;
const EXAMPLES = 5;

/**
 * Reads the whole audit trail and checks what a look at the present state cannot show: that no line was changed, left
 * out or slipped in, and that no key ever went to a second order without having been given back by the first.
 */
export async function verifyTrail(store: Pick<AuditVerbs, 'listAudit'>): Promise<PromiseCount[]> {
  const trail = openPromise('the audit trail is unbroken');
  const history = openPromise('no key was ever given to two orders');
  const ends = new Map<string, { seq: number; hash: string }>();
  const owners = new Map<number, string>();
  for (let afterId = 0; ;) {
    const page = await store.listAudit({ afterId, limit: PAGE });
    for (const line of page) {
      trail.checked += 1;
      const end = ends.get(line.subject) ?? { seq: 0, hash: '' };
      const whole = line.seq === end.seq + 1 && line.previousHash === end.hash && line.hash === seal(line);
      if (!whole) addOffender(trail, `audit:${line.id}`);
      ends.set(line.subject, { seq: line.seq, hash: line.hash });
      followKeys(history, owners, line);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    afterId = last.id;
  }
  return [trail, history];
}

function followKeys(history: PromiseCount, owners: Map<number, string>, line: AuditLine): void {
  for (const keyId of idsIn(line.refs.released)) owners.delete(keyId);
  for (const keyId of idsIn(line.refs.keys)) {
    if (!line.subject.startsWith('order:')) continue;
    history.checked += 1;
    const owner = owners.get(keyId);
    if (owner !== undefined && owner !== line.subject) addOffender(history, `key:${keyId}`);
    owners.set(keyId, line.subject);
  }
}

function idsIn(ref: AuditLine['refs'][string] | undefined): number[] {
  return Array.isArray(ref) ? ref : [];
}

function openPromise(promise: string): PromiseCount {
  return { promise, checked: 0, violations: 0, examples: [] };
}

function addOffender(promise: PromiseCount, example: string): void {
  promise.violations += 1;
  if (promise.examples.length < EXAMPLES) promise.examples.push(example);
}

/** Every promise: what the database shows now, and what its history shows. */
export async function verifyAll(
  store: Pick<AuditVerbs, 'listAudit'> & { verifyPromises(): Promise<PromiseCount[]> },
): Promise<PromiseCount[]> {
  return [...(await store.verifyPromises()), ...(await verifyTrail(store))];
}
