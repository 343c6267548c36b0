// A million keys through `importKeys` into a real database: lines per second, and the peak of this process's memory.
// npx tsx bench/import-memory.ts [lines]        DATABASE_URL chooses the server; unset: an embedded one in a temporary folder
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openCoreApp } from '../server/app.ts';
import { parseConfig } from '../server/config.ts';
import { valueOf } from '../server/errors.ts';
import { importKeys } from '../server/keys/import.ts';
import { parseKeys } from '../server/keys/parse-keys.ts';
import { silentLog } from '../server/log.ts';

const LINES = Number(process.argv[2] ?? 1_000_000);
const PIECE = 2000;

/** 25 bytes a line, in an order that no index likes; every thousandth line repeats the one before. */
function* file(run: string): Generator<Uint8Array> {
  for (let from = 0; from < LINES; from += PIECE) {
    let text = '';
    for (let at = from; at < Math.min(LINES, from + PIECE); at++)
      text += `${run}-${keyText(at % 1000 === 999 ? at - 1 : at)}\n`;
    yield new TextEncoder().encode(text);
  }
}

function keyText(index: number): string {
  const mixed = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(36).toUpperCase().padStart(7, '0');
  return `${mixed}-${index.toString(36).toUpperCase().padStart(6, '0')}`;
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
const perSecond = (ms: number) => `${Math.round(LINES / (ms / 1000)).toLocaleString('en-US')} lines/s`;
const peak = () => megabytes(process.resourceUsage().maxRSS * 1024);

const dataDir = await mkdtemp(join(tmpdir(), 'keybank-import-'));
try {
  const databaseUrl = process.env.DATABASE_URL;
  const config = parseConfig({
    DATABASE_URL: databaseUrl,
    KEYBANK_MAIL: 'mailbox',
    KEYBANK_DATA_DIR: dataDir,
  });
  const core = await openCoreApp(config, silentLog);
  console.log(`${LINES.toLocaleString('en-US')} lines, ${core.store.version}; peak before: ${peak()}`);

  const parsing = performance.now();
  let keys = 0;
  for await (const line of parseKeys(file('WARM'))) if (line.kind === 'key') keys += 1;
  console.log(`parsed    ${perSecond(performance.now() - parsing)}, ${keys} keys, peak ${peak()}`);

  const run = Date.now().toString(36).toUpperCase();
  for (const label of ['imported', 'again   ']) {
    const startedAt = performance.now();
    const input = { sku: 'BENCH', lines: file(run), dryRun: false, actor: 'cli', origin: 'bench' };
    const report = valueOf(await importKeys(core.rpc, input));
    const counts = `${report.added} added, ${report.duplicateTotal} duplicates`;
    console.log(`${label}  ${perSecond(performance.now() - startedAt)}, ${counts}, peak ${peak()}`);
  }
  await core.close();
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
