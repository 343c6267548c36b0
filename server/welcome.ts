import type { App } from './app.ts';
import { siteStates, type SiteState } from './drift/sites.ts';
import { escapeHtml } from './escape-html.ts';
import { pageFrame } from './page.ts';
import type { Pause } from './mail/breaker.ts';
import type { StockLevel } from './store/rows.ts';

/** Figures for a browser on this machine; nobody else is shown them. */
export interface Figures {
  levels: StockLevel[];
  mails: { status: string; count: number }[];
  sites: SiteState[];
  /** Why no mail leaves for now; null while they do. */
  paused: Pause | null;
}

export async function readFigures({ store, outbox }: Pick<App, 'store' | 'outbox'>): Promise<Figures> {
  return {
    levels: await store.stockLevels(),
    mails: await store.messageCounts({ since: null }),
    sites: await siteStates({ store }),
    paused: outbox.state().paused,
  };
}

/** What a browser sees at `/` until the console moves in: that it runs, and where to go. No buyers, no tokens, no keys. */
export function welcomePage(app: { transport: { name: string } }, figures: Figures | null): string {
  const mails =
    app.transport.name === 'mailbox' ? 'Mails go to the local mailbox.' : 'Mails go out by a mail server.';
  return pageFrame({
    title: 'Key Bank',
    body: `<h1>Key Bank is running</h1>
<p class="soft">A booking comes in, a license key goes out. ${mails}</p>
<ol>
<li>Bring keys in: <code>npx keybank keys import keys.txt --sku COURSE-A</code></li>
<li>Say which course sells them: <code>npx keybank products map --source amelia --service 1 --sku COURSE-A</code></li>
<li>Send a sample booking: <code>npx keybank try --service 1</code></li>
<li>Look at the stock: <code>npx keybank stock</code>, and at an order: <code>npx keybank orders lookup buyer@example.com</code></li>
</ol>
${figures ? figuresTable(figures) + mailNote(figures) + siteNotes(figures) : ''}<p class="soft">A buyer did not get a key? <a href="/help">This page</a> sends it once more.</p>
<p><a href="/readyz">Is everything ready?</a> &nbsp; <a href="/metrics">Metrics</a></p>`,
  });
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

/** Only while the queue stands still. */
function mailNote({ paused }: Figures): string {
  if (paused === null) return '';
  const { cause, code, why, until } = paused;
  const next = `${until.toISOString().slice(11, 19)} UTC`;
  const [trouble, way] =
    cause === 'configuration'
      ? [
          `the mail settings are wrong: ${why} (${code}). Looked at again at ${next}; what waits then leaves by itself.`,
          ' Correct <code>KEYBANK_MAIL</code> and restart; <code>npx keybank mail send-test you@example.com</code> tells more.',
        ]
      : [`the mail server asked for less: ${why} (${code}). Goes on by itself at ${next}.`, ''];
  return `<p><strong>Mind</strong> No mail leaves, ${escapeHtml(trouble)}${way}</p>\n`;
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
