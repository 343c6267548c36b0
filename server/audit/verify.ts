import type { AuditLine, PromiseCount } from '../store/rows.ts';
import type { AuditVerbs } from '../store/store.ts';
import { seal } from './seal.ts';

const PAGE = 5000;
const EXAMPLES = 5;

/**
 * Reads the whole audit trail and checks what a look at the present state cannot show: that no line was changed, left
 * out or slipped in, and that no key ever went to a second order without having been given back by the first.
 */
export async function verifyTrail(
  store: Pick<AuditVerbs, 'findAudit' | 'listAudit'>,
): Promise<PromiseCount[]> {
  const trail = openPromise('the audit trail is unbroken');
  const history = openPromise('no key was ever given to two orders');
  const ends = new Map<string, { seq: number; hash: string }>();
  const owners = new Map<number, string>();
  const doubtful = { subjects: new Map<string, number>(), keys: new Map<number, [string, string]>() };
  for (let afterId = 0; ;) {
    const page = await store.listAudit({ afterId, limit: PAGE });
    for (const line of page) {
      trail.checked += 1;
      const end = ends.get(line.subject) ?? { seq: 0, hash: '' };
      const whole = line.seq === end.seq + 1 && line.previousHash === end.hash && line.hash === seal(line);
      if (!whole && !doubtful.subjects.has(line.subject)) doubtful.subjects.set(line.subject, line.id);
      ends.set(line.subject, { seq: line.seq, hash: line.hash });
      for (const [keyId, rivals] of followKeys(history, owners, line)) doubtful.keys.set(keyId, rivals);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    afterId = last.id;
  }
  // While others write, a line may commit after a later one was read: what looked wrong is read again, chain by chain.
  for (const [subject, lineId] of doubtful.subjects) {
    if (!isWhole(await store.findAudit({ subject }))) addOffender(trail, `audit:${lineId}`);
  }
  for (const [keyId, rivals] of doubtful.keys) {
    const chains = await Promise.all(rivals.map((subject) => store.findAudit({ subject })));
    const lines = chains.flat().sort((a, b) => a.id - b.id);
    const again = new Map<number, string>();
    const disputed = lines.some((line) =>
      followKeys(openPromise(''), again, line).some(([id]) => id === keyId),
    );
    if (disputed) addOffender(history, `key:${keyId}`);
  }
  return [trail, history];
}

function isWhole(lines: AuditLine[]): boolean {
  return lines.every((line, index) => {
    const before = lines[index - 1];
    return line.seq === index + 1 && line.previousHash === (before?.hash ?? '') && line.hash === seal(line);
  });
}

/** Follows who holds which key; answers keys that went to a second order, with both orders. */
function followKeys(
  history: PromiseCount,
  owners: Map<number, string>,
  line: AuditLine,
): [number, [string, string]][] {
  const disputed: [number, [string, string]][] = [];
  for (const keyId of idsIn(line.refs.released)) owners.delete(keyId);
  for (const keyId of idsIn(line.refs.keys)) {
    if (!line.subject.startsWith('order:')) continue;
    history.checked += 1;
    const owner = owners.get(keyId);
    if (owner !== undefined && owner !== line.subject) disputed.push([keyId, [owner, line.subject]]);
    owners.set(keyId, line.subject);
  }
  return disputed;
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
  store: Pick<AuditVerbs, 'findAudit' | 'listAudit'> & { verifyPromises(): Promise<PromiseCount[]> },
): Promise<PromiseCount[]> {
  return [...(await store.verifyPromises()), ...(await verifyTrail(store))];
}
