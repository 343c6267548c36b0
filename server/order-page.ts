import { orderId, parseOrderId } from '../shared/booking-event.ts';
import { oneLine } from './mail/fill.ts';
import { escapeHtml } from './escape-html.ts';
import { pageFrame } from './page.ts';

/**
 * What a browser sees behind an order's link in a mail to the admin, until the console moves in: the commands to run.
 * SECURITY: anybody may ask. It is made of the id alone, and says of no order that it exists.
 */
export function orderPage(text: string): { code: 200 | 404; html: string } {
  const parts = parseOrderId(text);
  const id = parts && orderId(parts);
  // No booking plugin puts control characters or direction marks into an id; on a page they would disguise it.
  if (id === null || oneLine(id) !== id) return { code: 404, html: unknownPage() };
  const word = shellWord(id);
  return {
    code: 200,
    html: pageFrame({
      title: `Order ${id} · Key Bank`,
      body: `<h1>Order ${escapeHtml(id)}</h1>
<p class="soft">Run these on the Key Bank server, in its folder. One click marks a whole command.</p>
<dl>
${command('See the order: status, keys, mails, history', `npx keybank orders show ${word}`)}
${command('Send its keys again', `npx keybank orders resend ${word} --reason "TEXT"`)}
${command('Correct its address, whatever its status; what is due goes there', `npx keybank orders correct ${word} --email ADDRESS --reason "TEXT"`)}
${command('Read its last delivery again, with today’s mappings', `npx keybank orders replay ${word} --reason "TEXT"`)}
${command('Cancel it, whatever its booking plugin says later', `npx keybank orders cancel ${word} --reason "TEXT"`)}
</dl>
<p class="soft">Words in capitals are yours to fill in; the reason is kept in the order’s history. With Docker a command begins with
<code>docker compose exec keybank keybank</code> in place of <code>npx keybank</code>. This page shows nothing of an
order, not even that there is one.</p>`,
    }),
  };
}

function unknownPage(): string {
  return pageFrame({
    title: 'No such page · Key Bank',
    body: `<h1>This is no order’s address</h1>
<p class="soft">An order is called <code>amelia:13</code>, <code>bookly:5</code> or <code>amelia@second-shop:13</code>.
Find it by its buyer, on the Key Bank server:</p>
<dl>
${command('By e-mail, name, coupon or the end of a key', 'npx keybank orders lookup buyer@example.com')}
</dl>`,
  });
}

function command(purpose: string, line: string): string {
  return `<dt>${purpose}</dt>\n<dd><code>${escapeHtml(line)}</code></dd>`;
}

/** SECURITY: the id came with a link, and the line is made to be copied into a shell: what a shell would read is quoted. */
function shellWord(text: string): string {
  return /^[\w@:.,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
