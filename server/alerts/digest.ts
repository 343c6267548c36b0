import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import type { Store } from '../store/store.ts';
import { digestSince, isNews, readDigest } from './digest-facts.ts';

/** Yesterday's digest is a day old, give or take how late the job began: it must not be today's news. */
const JITTER_MS = 10 * 60_000;

export interface DigestDeps {
  store: Store;
  clock: Clock;
  newId: NewId;
  adminEmail: string;
  lowStock: number;
  onQueued(): void;
}

/** Queues the digest of the last 24 hours, unless nothing happened in them and nothing is open. Answers whether it did. */
export async function queueDigest(deps: DigestDeps): Promise<boolean> {
  const createdAt = deps.clock.now();
  const since = new Date(digestSince(createdAt).getTime() + JITTER_MS);
  if (!isNews(await readDigest(deps, { since }))) return false;
  const { adminEmail: recipient } = deps;
  await deps.store.insertMessages({
    messages: [{ id: deps.newId(), kind: 'admin_digest', orderId: null, recipient, priority: 1, createdAt }],
  });
  deps.onQueued();
  return true;
}
