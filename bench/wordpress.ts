import { createServer } from 'node:net';
import { startEngine } from '../test/support/start-engine.ts';
import { startMisbehaving, type Mode } from '../test/wordpress/support/misbehaving.ts';
import { startWordPress, type WordPress } from '../test/wordpress/support/wordpress.ts';

// What the plugin adds to a booking request, with the server up, slow and down, and without the plugin: 200 requests of each
// kind, in turns, in one run. `npm run bench:wordpress`. Milliseconds differ between machines; ratios do less.

const REQUESTS = 200;
const ROUND = 20;
const SLOW_MS = 2000;
type Way = 'without the plugin' | 'server up' | 'server slow (2000 ms)' | 'server down';

const WAYS: { way: Way; mode: Mode | 'down' | 'none' }[] = [
  { way: 'without the plugin', mode: 'none' },
  { way: 'server up', mode: 'ok' },
  { way: 'server slow (2000 ms)', mode: 'slow' },
  { way: 'server down', mode: 'down' },
];

async function measure(kind: 'fpm' | 'cli', database: string): Promise<void> {
  const server = await startMisbehaving({ mode: 'ok', slowMs: SLOW_MS });
  const constants = {
    KEYBANK_URL: server.url,
    KEYBANK_TOKEN: 'bench-token-0123456789',
    DISABLE_WP_CRON: true,
  };
  const wordpress = await startWordPress({
    ...{ php: '8.2', wordpress: '6.5', database, server: kind, workers: 8, constants },
    log: () => {},
  });
  const away = `http://127.0.0.1:${await closedPort()}`;
  const times = new Map<Way, number[]>(WAYS.map(({ way }) => [way, []]));
  try {
    await book(wordpress, 5);
    for (let round = 0; round < REQUESTS / ROUND; round += 1) {
      for (const { way, mode } of rotate(WAYS, round)) {
        if (mode === 'none') await wordpress.removeKeyBank();
        else await wordpress.installKeyBank();
        if (mode === 'ok' || mode === 'slow') server.set(mode);
        await wordpress.setConstants({ KEYBANK_URL: mode === 'down' ? away : server.url });
        await book(wordpress, 2);
        times.get(way)?.push(...(await book(wordpress, ROUND)));
        await wordpress.idle();
        // What one way has left over must not be the next one's work.
        await wordpress.sql('DELETE FROM wp_keybank_outbox');
        await wordpress.sql("DELETE FROM wp_options WHERE option_name = 'keybank_pause'");
      }
    }
  } finally {
    await wordpress.stop();
    await server.stop();
  }
  print(kind === 'fpm' ? 'PHP-FPM (the page ends first)' : "PHP's own server (no such function)", times);
}

async function book(wordpress: WordPress, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const { code, ms } = await wordpress.scenario('amelia_appointment');
    if (code !== 200) throw new Error(`a booking was answered ${code}`);
    times.push(ms);
  }
  return times;
}

function print(title: string, times: Map<Way, number[]>): void {
  const base = median(times.get('without the plugin') ?? []);
  console.log(`\n${title}: ${REQUESTS} booking requests of each kind\n`);
  console.log('| request | median ms | added ms | ratio | p95 ms |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [way, all] of times) {
    const own = median(all);
    const cells = [
      own.toFixed(1),
      (own - base).toFixed(1),
      (own / base).toFixed(2),
      quantile(all, 0.95).toFixed(1),
    ];
    console.log(`| ${way} | ${cells.join(' | ')} |`);
  }
}

function rotate<T>(list: T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function median(values: number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}

const engine = await startEngine('mariadb', { durable: true, log: () => {} });
for (const kind of ['fpm', 'cli'] as const) await measure(kind, engine.url);
await engine.stop();
