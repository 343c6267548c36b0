/** The gallery's own look; the mails inside its frames know nothing of it. */
export const GALLERY_STYLE = `:root { color-scheme: light dark; --ink: light-dark(#1d2433, #e9ebf0); --soft: light-dark(#5a6478, #a3acbd);
  --paper: light-dark(#f5f6f8, #14171d); --card: light-dark(#ffffff, #1d222b); --line: light-dark(#dfe3ea, #323946);
  --gold: light-dark(#8f5d10, #e2ad4b); --wash: light-dark(#f6efe2, #2a2519); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); min-height: 100vh; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
code, pre { font-family: Consolas, Menlo, monospace; font-size: .87em; }
:focus-visible, input:focus-visible + label { outline: 2px solid var(--gold); outline-offset: 2px; }
h1 { margin: 0; font-size: 1.45rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .75rem; font-size: 1rem; }

.skip { position: fixed; z-index: 1; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--card); color: var(--gold); border-radius: 6px; }
.skip:focus { top: .75rem; }
.side { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem; background: var(--card);
  border-right: 1px solid var(--line); }
.side a { display: block; padding: .12rem .75rem; border-radius: 6px; color: inherit; text-decoration: none; }
.side a:hover { background: var(--paper); }
.side [aria-current] { background: var(--wash); color: var(--gold); font-weight: 600; }
.side .home { border-radius: 0 6px 6px 0; margin-bottom: .5rem; padding-block: .5rem; border-left: 4px solid var(--gold); font-size: 1.1rem; font-weight: 700; color: var(--ink); }
.home span { font-weight: 400; color: var(--soft); }
.side h2 { margin: 1.1rem .75rem 0; font-size: .9rem; }
.side h3 { margin: .6rem .75rem 0; font: .78rem Consolas, Menlo, monospace; color: var(--soft); }
.side ul { margin: 0; padding: 0; list-style: none; }

main { padding: 2rem clamp(1rem, 3vw, 3rem) 3rem; }
header p { margin: .5rem 0 0; max-width: 46rem; color: var(--soft); }

.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.25rem; margin: 0; padding: 0; list-style: none; }
.cards li { position: relative; display: flex; flex-direction: column; padding-bottom: .8rem; overflow: hidden; background: var(--card);
  border: 1px solid var(--line); border-radius: 10px; }
.cards li:hover { border-color: var(--gold); }
.cards li > :not(.thumb) { margin: .1rem 1rem 0; }
.cards a { padding-top: .7rem; color: inherit; font-weight: 700; text-decoration: none; }
.cards a::after { content: ''; position: absolute; inset: 0; border-radius: 10px; }
.cards a:focus-visible { outline: none; } .cards a:focus-visible::after { outline: 2px solid var(--gold); outline-offset: -2px; }
.cards p { flex: 1; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.cards code { padding-top: .4rem; color: var(--gold); }
.thumb { position: relative; height: 15rem; overflow: hidden; border-bottom: 1px solid var(--line); }
.thumb iframe { position: absolute; left: 0; top: 0; width: calc(100% / .47); height: 520px; border: 0; transform: scale(.47); transform-origin: 0 0; }
.thumb .dark { clip-path: polygon(60% 0, 100% 0, 100% 100%, 40% 100%); }

.mail { display: flex; flex-direction: column; height: 100vh; padding-bottom: 1.25rem; }
.mail h1 span { margin-right: .4rem; font-size: .8rem; font-weight: 400; color: var(--soft); }
.mail header p { margin: 0 0 .15rem; }
.mail header code { margin-right: .6rem; color: var(--gold); }
.steps { float: right; display: flex; gap: 1rem; } .steps a { color: var(--gold); text-decoration: none; } .steps a:hover { text-decoration: underline; }
.steps span { color: var(--soft); opacity: .55; }
.views { flex: 1; min-height: 26rem; display: flex; flex-flow: row wrap; align-content: flex-start; gap: .4rem; margin: 1rem 0 0; padding: 0; border: 0; }
.views legend { position: absolute; clip-path: inset(50%); }
.views input { position: absolute; opacity: 0; pointer-events: none; }
.views label { padding: .35rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 999px; cursor: pointer; }
.views label:hover { border-color: var(--gold); }
.views :checked + label { background: var(--gold); border-color: var(--gold); color: light-dark(#ffffff, #14171d); font-weight: 600; }
.size { margin: .4rem 0 0 auto; color: var(--soft); font-size: .9rem; font-variant-numeric: tabular-nums; }
.pane { display: none; flex: 0 0 100%; height: calc(100% - 3rem); margin-top: .35rem; }
#light:checked ~ .light, #dark:checked ~ .dark, #text:checked ~ .text { display: block; }
#phone:checked ~ .phone { display: flex; flex-wrap: wrap; gap: 1.5rem; justify-content: center; }
.pane iframe, .pane pre { display: block; width: 100%; height: 100%; margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.pane pre { padding: 1.5rem; overflow: auto; font-size: .95rem; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere; }
.phone figure { display: flex; flex-direction: column; height: 100%; margin: 0; }
.phone iframe { box-sizing: content-box; width: 375px; flex: 1; border: 9px solid light-dark(#2b3140, #3a4252); border-radius: 30px; }
figcaption { padding-top: .4rem; color: var(--soft); font-size: .9rem; text-align: center; }

@media (max-width: 60rem) {
  body { display: block; }
  .side { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  /* The cards are the list; a mail's page has its neighbours. */
  .side > :not(.home) { display: none; }
  .mail, .views { height: auto; } .pane { height: auto; } .pane iframe { height: 80vh; } .phone figure { height: auto; max-width: 100%; }
  .phone iframe { flex: none; max-width: calc(100% - 18px); }
}
`;
