import { escapeHtml } from './escape-html.ts';

/** A page of this server, in the one look they share. `title` is escaped here; `body` is HTML. No scripts, nothing from outside. */
export function pageFrame(page: { title: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#1d2433, #e9ebf0); --soft: light-dark(#5a6478, #a3acbd);
  --paper: light-dark(#f5f6f8, #14171d); --card: light-dark(#ffffff, #1d222b); --line: light-dark(#dfe3ea, #323946);
  --gold: light-dark(#8f5d10, #e2ad4b); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 40rem; margin: 1rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-top: 4px solid var(--gold); border-radius: 10px; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; overflow-wrap: anywhere; } .soft { color: var(--soft); }
code { font: .9em Consolas, Menlo, monospace; background: var(--paper); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
dl { margin: 1.25rem 0; } dt { margin-top: 1rem; } dd { margin: .25rem 0 0; }
dd code { display: block; padding: .55em .8em; border: 1px solid var(--line); user-select: all; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 500; }
@media (max-width: 30rem) { main { margin: .5rem; padding: 1.25rem 1rem; } th, td { padding: .35rem .2rem; } table { font-size: .8rem; } }
td:first-child { overflow-wrap: anywhere; }
label { display: block; margin-top: 1.25rem; font-weight: 600; } label + p { margin: .1rem 0 .4rem; font-size: .9rem; }
input { box-sizing: border-box; width: 100%; padding: .65em .8em; border: 1px solid var(--soft); border-radius: 6px;
  background: var(--paper); color: var(--ink); font: inherit; }
button { margin: 1.5rem 0 .5rem; padding: .7em 1.4em; border: 0; border-radius: 6px; background: var(--gold); color: var(--card);
  font: inherit; font-weight: 600; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 2px solid var(--gold); outline-offset: 2px; }
ol { padding-left: 1.2rem; } li { margin: .4rem 0; } a { color: var(--gold); }
</style>
</head>
<body>
<main>
${page.body}
</main>
</body>
</html>
`;
}
