import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { findChromium } from './find-chromium.ts';
import { say } from './php/say.ts';

/** Chromium without a window, spoken to by its DevTools protocol over a pipe: no port, and no package. */
export interface Browser {
  send(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Resolves when the page and its pictures are there. */
  open(url: string): Promise<void>;
  /** What the expression evaluates to in the page; throws what it throws. */
  evaluate(expression: string): Promise<unknown>;
  stop(): Promise<void>;
}

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--hide-scrollbars'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--remote-debugging-pipe',
];

export async function startBrowser(): Promise<Browser> {
  const { program, env } = await findChromium(say);
  const profile = await mkdtemp(join(tmpdir(), 'keybank-browser-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code) => resolve(new Error(`${program} ended with ${code}`)));
  });
  const [, , , to, from] = child.stdio;
  if (!(to instanceof Writable) || !(from instanceof Readable)) throw new Error(`${program} has no pipes`);
  to.on('error', () => {}); // A browser that could not start is told by `ended`.

  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  const loads: (() => void)[] = [];
  let buffered = '';
  from.setEncoding('utf8').on('data', (data: string) => {
    const messages = (buffered + data).split('\0');
    buffered = messages.pop() ?? '';
    for (const message of messages.map((text) => record(JSON.parse(text)))) {
      waiting.get(Number(message['id']))?.(message);
      if (message['method'] === 'Page.loadEventFired') loads.splice(0).forEach((loaded) => loaded());
    }
  });

  let id = 0;
  let session: Record<string, unknown> = {};
  const send: Browser['send'] = async (method, params = {}) => {
    id += 1;
    const mine = id;
    const answered = new Promise<Record<string, unknown>>((resolve) => waiting.set(mine, resolve));
    to.write(`${JSON.stringify({ id: mine, method, params, ...session })}\0`);
    const answer = await Promise.race([answered, ended]);
    if (answer instanceof Error) throw answer;
    if (answer['error']) throw new Error(`${method}: ${JSON.stringify(answer['error'])}`);
    return record(answer['result']);
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  session = { sessionId };
  await send('Page.enable');

  return {
    send,
    async open(url) {
      const loaded = new Promise<void>((resolve) => loads.push(resolve));
      await send('Page.navigate', { url });
      await loaded;
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails)
        throw new Error(String(record(record(exceptionDetails)['exception'])['description']));
      return record(result)['value'];
    },
    async stop() {
      child.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
