import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const WEBHOOK_TOKEN = 'kb_hook_for-tests-0123456789';
export const STAFF_TOKEN = 'kb_staff_for-tests-0123456789abcdef';

/** The service as its own process, started as an operator would. */
export interface Service {
  url: string;
  process: ChildProcess;
  dataDir: string;
  /** All it has printed so far. */
  output(): string;
  post(source: 'amelia' | 'bookly', body: unknown, options?: PostOptions): Promise<Answer>;
  rpc(procedure: string, input: unknown, token?: string): Promise<{ status: number; data: unknown }>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface PostOptions {
  token?: string | null;
  headers?: Record<string, string>;
  query?: string;
  /** Sent as it is. */
  raw?: Uint8Array | string;
}

export interface Answer {
  code: number;
  headers: Headers;
  status: string;
  orderId: string;
  deliveryId: string;
  orders: { orderId: string; status: string }[];
  text: string;
}

export async function startService(env: Record<string, string>): Promise<Service> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keybank-service-'));
  const child = spawn(process.execPath, ['server/keybank.js', 'serve'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      KEYBANK_DATA_DIR: dataDir,
      KEYBANK_PORT: '0',
      KEYBANK_MAIL: 'mailbox',
      KEYBANK_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
      KEYBANK_STAFF_TOKEN: STAFF_TOKEN,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`;
      const started = /"event":"server.started","url":"([^"]+)"/.exec(line);
      if (started?.[1]) resolve(started[1]);
    });
    void ended.then((code) => reject(new Error(`the service ended with ${code}:\n${printed}`)));
  }).catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    process: child,
    dataDir,
    output: () => printed,
    post: (source, body, options = {}) => post(url, source, body, options),
    rpc: (procedure, input, token) => rpc(url, procedure, input, token),
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      await rm(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}

async function post(url: string, source: string, body: unknown, options: PostOptions): Promise<Answer> {
  const token = options.token === undefined ? WEBHOOK_TOKEN : options.token;
  const query = [token === null ? '' : `token=${encodeURIComponent(token)}`, options.query ?? '']
    .filter(Boolean)
    .join('&');
  const response = await fetch(`${url}/webhooks/${source}?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: options.raw ?? JSON.stringify(body),
  });
  const text = await response.text();
  const read = parse(text);
  return {
    code: response.status,
    headers: response.headers,
    status: typeof read.status === 'string' ? read.status : '',
    orderId: typeof read.orderId === 'string' ? read.orderId : '',
    deliveryId: typeof read.deliveryId === 'string' ? read.deliveryId : '',
    orders: Array.isArray(read.orders) ? read.orders : [],
    text,
  };
}

async function rpc(
  url: string,
  procedure: string,
  input: unknown,
  token = STAFF_TOKEN,
): Promise<{ status: number; data: unknown }> {
  const response = await fetch(`${url}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  });
  const read = parse(await response.text());
  const result = read.result;
  const data = typeof result === 'object' && result !== null && 'data' in result ? result.data : read;
  return { status: response.status, data };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Runs `work` on every item with at most `atOnce` under way. */
export async function crowd<T, R>(items: T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.map((item, index) => ({ item, index }));
  const one = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.index] = await work(next.item);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return results;
}
