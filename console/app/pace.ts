/** What a page asks for again and again takes no more of the server than this share of the time. */
const SHARE = 1 / 20;
/** Nor does it wait longer: one answer that hung, or a machine that slept meanwhile, must not silence a page for hours. */
const MOST_REST_MS = 60_000;

const takenMs = new Map<string, number>();

/** Nobody waits longer before a page that says nothing. */
const ANSWER_MS = 60_000;
/** These may take minutes: they count or write by the million. */
const PATIENT = [
  'verify.run',
  'keys.import',
  'keys.undoImport',
  'deliveries.countReplay',
  'deliveries.replayMany',
];

/** As `fetch`; gives up on what hangs, and remembers how long each procedure took. */
export async function timedFetch(
  url: RequestInfo | URL,
  { signal, ...options }: Omit<RequestInit, 'signal'> & { signal?: AbortSignal | null | undefined } = {},
): Promise<Response> {
  const startedAt = performance.now();
  const path = String(url).split('/trpc/')[1]?.split('?')[0];
  const isPatient = path !== undefined && PATIENT.includes(path);
  // By hand: browsers that the console is built for lack AbortSignal.any.
  const ender = new AbortController();
  const end = () => ender.abort();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const timer = isPatient ? undefined : setTimeout(end, ANSWER_MS);
  const answer = await fetch(url, { ...options, signal: ender.signal }).finally(() => clearTimeout(timer));
  if (path !== undefined) takenMs.set(path, performance.now() - startedAt);
  return answer;
}

/** How long a procedure rests between two looks: counting a million keys (200 ms) is done every five seconds, ten million every 40. */
export function restMs(path: string): number {
  return Math.min(MOST_REST_MS, Math.round((takenMs.get(path) ?? 0) / SHARE));
}
