import type { App } from './app.ts';

/** What a browser sees at `/` until the console moves in: that it runs, and where to go. No names, no tokens, no stock. */
export function welcomePage(app: App): string {
  const mails =
    app.transport.name === 'mailbox' ? 'They go to the local mailbox.' : 'They go out by mail server.';
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
<li>Look at the stock: <code>npx keybank stock</code>, and at an order: <code>npx keybank orders lookup</code></li>
</ol>
<p><a href="/readyz">Is everything ready?</a> &nbsp; <a href="/metrics">Metrics</a></p>
</main>
</body>
</html>
`;
}
