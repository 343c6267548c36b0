import type { PromiseCount, StockLevel } from '../store/rows.ts';

export interface DemoFacts {
  /** Answers by word. */
  words: Map<string, number>;
  /** Milliseconds from request to answer. */
  times: number[];
  saleMs: number;
  mails: number;
  mailboxDir: string;
  promises: PromiseCount[];
  levels: StockLevel[];
}

/** The table at the end of the demo. "Given twice" is counted in the database, not from the answers. */
export function demoReport(
  facts: DemoFacts,
  { url, staffToken }: { url: string; staffToken: string },
): string {
  const { words, times, promises } = facts;
  const sorted = [...times].sort((a, b) => a - b);
  const doubled = promises.find((promise) => promise.promise.includes('given to two orders'));
  const broken = promises.filter((promise) => promise.violations > 0);
  const rows: [string, string][] = [
    ['Deliveries', String(times.length)],
    ...[...words].sort().map(([word, count]): [string, string] => [`  ${word}`, String(count)]),
    ['Mails written', `${facts.mails}  (one of them urgent: a course sold out)`],
    [
      'Keys given twice',
      `${doubled?.violations ?? 'not counted'}  (of ${doubled?.checked ?? '?'} given, checked in the database)`,
    ],
    [
      'Broken promises',
      broken.length === 0 ? `0 of ${promises.length}` : broken.map((one) => one.promise).join('; '),
    ],
    ['Answered in', `p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms`],
    ['The whole sale took', `${(facts.saleMs / 1000).toFixed(1)} s`],
    ...facts.levels.map((level): [string, string] => [
      `Stock of ${level.sku}`,
      `${level.available} free, ${level.assigned} assigned, ${level.waiting} owed`,
    ]),
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, text]) => `  ${name.padEnd(wide)}  ${text}`).join('\n');
  return [
    `\n${table}\n`,
    `Look around in the console: ${url}`,
    `Its staff token is ${staffToken}`,
    `The mails are in ${facts.mailboxDir}`,
    'Ctrl-C ends the demo and removes its folder.',
  ].join('\n');
}

function quantile(sorted: number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
}
