import type { App } from './app.ts';
import { siteStates, type SiteState } from './drift/sites.ts';
import type { StockLevel } from './store/rows.ts';

/** Figures for a browser on this machine; nobody else is shown them. */
export interface Figures {
  levels: StockLevel[];
  mails: { status: string; count: number }[];
  sites: SiteState[];
}

export async function readFigures(store: App['store']): Promise<Figures> {
  return {
    levels: await store.stockLevels(),
    mails: await store.messageCounts(),
    sites: await siteStates({ store }),
  };
}

/** What a browser sees at `/` until the console moves in: that it runs, and where to go. No buyers, no tokens, no keys. */
export function welcomePage(app: App, figures: Figures | null): string {
  const mails =
    app.transport.name === 'mailbox' ? 'Mails go to the local mailbox.' : 'Mails go out by a mail server.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Key Bank</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#1d2433, #e9ebf0); --soft: light-dark(#5a6478, #a3acbd);
  --paper: light-dark(#f5f6f8, #14171d); --card: light-dark(#ffffff, #1d222b); --line: light-dark(#dfe3ea, #323946);
  --gold: light-dark(#8f5d10, #e2ad4b); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 40rem; margin: 1rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-top: 4px solid var(--gold); border-radius: 10px; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
p { margin: .5rem 0; } .soft { color: var(--soft); }
code { font: .9em Consolas, Menlo, monospace; background: var(--paper); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 500; }
ol { padding-left: 1.2rem; } li { margin: .4rem 0; } a { color: var(--gold); }
</style>
</head>
<body>
<main>
<h1>Key Bank is running</h1>
<p class="soft">A booking comes in, a license key goes out. ${mails}</p>
<ol>
<li>Bring keys in: <code>npx keybank keys import keys.txt --sku COURSE-A</code></li>
<li>Say which course sells them: <code>npx keybank products map --source amelia --service 1 --sku COURSE-A</code></li>
<li>Send a sample booking: <code>npx keybank try --service 1</code></li>
<li>Look at the stock: <code>npx keybank stock</code>, and at an order: <code>npx keybank orders lookup buyer@example.com</code></li>
</ol>
${figures ? figuresTable(figures) + siteNotes(figures) : ''}<p><a href="/readyz">Is everything ready?</a> &nbsp; <a href="/metrics">Metrics</a></p>
</main>
</body>
</html>
`;
}

function figuresTable({ levels, mails }: Figures): string {
  const heads = ['Product', 'Free', 'Assigned', 'On hold', 'Owed'];
  const rows = levels.map((level) => [
    level.name,
    level.available,
    level.assigned,
    level.held,
    level.waiting,
  ]);
  const cells = (tag: 'th' | 'td', texts: (string | number)[]) =>
    texts.map((text) => `<${tag}>${escapeHtml(String(text))}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  const sent = mails.map(({ status, count }) => `${count} ${escapeHtml(status)}`).join(', ');
  if (rows.length === 0) return '<p class="soft">No product yet: step 1 brings the first.</p>';
  return `<table><thead><tr>${cells('th', heads)}</tr></thead><tbody>${body}</tbody></table>
<p class="soft">Mails: ${sent || 'none yet'}. Reload for fresh figures; only a browser on this machine sees them.</p>
`;
}

/** Only what is not as it should be: bookings that one side lacks, and sites that stopped sending their lists. */
function siteNotes({ sites }: Figures): string {
  return sites
    .flatMap(({ site, source, lastAt, isSilent, lacking, unknown }) => {
      const name = escapeHtml(`${site === '' ? 'the main site' : site}, ${source}`);
      const heard = lastAt?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
      return [
        ...(lacking > 0 ? [`${name}: ${lacking} bookings of WordPress are lacking here.`] : []),
        ...(unknown > 0 ? [`${name}: ${unknown} orders here are unknown to WordPress.`] : []),
        ...(isSilent ? [`${name}: silent, the last list of bookings came ${heard} UTC.`] : []),
      ];
    })
    .map((note) => `<p><strong>Mind</strong> ${note} <code>npx keybank sites</code></p>\n`)
    .join('');
}

function escapeHtml(text: string): string {
  const words: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => words[sign] ?? '');
}
