export const style = `
:root { color-scheme: light dark;
  --paper: light-dark(#fbf8f1, #171613); --card: light-dark(#fffdf8, #211f1b); --ink: light-dark(#26231d, #f1ece0);
  --soft: light-dark(#6b6457, #b3aa99); --line: light-dark(#e6dfcf, #38342c); --accent: light-dark(#8a3b22, #f0a37f);
  --on-accent: light-dark(#fff, #2a120a); --tint: light-dark(#f3ead9, #2a261f); --bad: light-dark(#a3211f, #ff9d93); --good: light-dark(#2f6b3a, #9fd6a4); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; min-height: 100vh; display: flex; flex-direction: column; }
h1, h2, .brand { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif; font-weight: 600; line-height: 1.15; letter-spacing: -.01em; }
h1 { font-size: clamp(1.8rem, 5vw, 2.7rem); margin: 0 0 .6rem; } h2 { font-size: 1.35rem; margin: 0 0 1rem; }
a { color: inherit; } p { margin: 0 0 1rem; } .soft { color: var(--soft); } .small { font-size: .875rem; }
.wrap { width: min(1080px, 100% - 2.5rem); margin-inline: auto; }
.note { background: var(--ink); color: var(--paper); font-size: .8rem; text-align: center; padding: .35rem 1rem; }
.top { border-bottom: 1px solid var(--line); }
.top .wrap { display: flex; align-items: center; gap: .4rem 1.4rem; flex-wrap: wrap; padding-block: .9rem; }
.brand { font-size: 1.5rem; text-decoration: none; margin-right: auto; } .brand span { color: var(--accent); }
.top nav { display: flex; gap: 1.2rem; align-items: center; flex-wrap: wrap; } .top nav a { text-decoration: none; font-size: .95rem; padding-block: .3rem; }
.top nav a:hover { text-decoration: underline; text-underline-offset: .25em; }
.count { display: inline-block; min-width: 1.45em; padding: 0 .4em; border-radius: 1em; background: var(--accent); color: var(--on-accent); font-size: .8rem; text-align: center; margin-left: .3em; }
main { flex: 1; padding-block: clamp(1.6rem, 5vw, 3.2rem); }
.hero { background: var(--tint); border-radius: 1.2rem; padding: clamp(1.6rem, 6vw, 4rem); margin-bottom: 2.4rem; } .hero p { font-size: 1.1rem; max-width: 34em; margin: 0; color: var(--soft); }
.grid { display: grid; gap: 1.8rem 1.4rem; grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr)); padding: 0; margin: 0; list-style: none; }
.card { text-decoration: none; display: block; } .card strong { display: block; margin-top: .7rem; font-weight: 600; }
.card svg, .picture svg { display: block; width: 100%; border-radius: 1rem; } .card:hover svg { filter: brightness(1.04); }
.row { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.two { display: grid; gap: clamp(1.5rem, 5vw, 3.5rem); grid-template-columns: 1fr; align-items: start; }
@media (min-width: 760px) { .two { grid-template-columns: 1.1fr 1fr; } .two.form { grid-template-columns: 1.5fr 1fr; } }
@media (max-width: 560px) { .grid { grid-template-columns: 1fr 1fr; gap: 1.3rem .9rem; } .brand { width: 100%; } .top nav { width: 100%; justify-content: space-between; gap: .6rem; } }
.price { font-size: 1.5rem; font-weight: 600; margin-bottom: 1.4rem; }
button, .button { font: inherit; font-weight: 600; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); border-radius: .6rem; padding: .65rem 1.3rem; cursor: pointer; text-decoration: none; display: inline-block; }
button:hover, .button:hover { filter: brightness(1.08); } button.quiet { background: transparent; color: var(--ink); border-color: var(--line); font-weight: 500; padding: .4rem .8rem; font-size: .9rem; }
button.quiet:hover { border-color: var(--ink); } button.wide { width: 100%; padding-block: .85rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: clamp(1.1rem, 3vw, 1.7rem); }
form.fields { display: grid; gap: 1rem; grid-template-columns: repeat(6, 1fr); } form.fields > * { grid-column: span 6; } form.fields h2 { margin: .6rem 0 0; }
@media (min-width: 480px) { form.fields > .half { grid-column: span 3; } form.fields > .third { grid-column: span 2; } form.fields > .rest { grid-column: span 4; } }
label { display: block; font-size: .9rem; } label input { display: block; width: 100%; margin-top: .3rem; }
input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .55rem; padding: .6rem .75rem; min-width: 0; } input[aria-invalid] { border-color: var(--bad); }
label.box { display: flex; gap: .7rem; align-items: flex-start; font-size: 1rem; } label.box input { width: 1.15rem; height: 1.15rem; margin: .2rem 0 0; flex: none; accent-color: var(--accent); }
.error { color: var(--bad); font-size: .85rem; display: block; margin-top: .25rem; }
.lines { list-style: none; padding: 0; margin: 0 0 1rem; } .lines li { display: grid; grid-template-columns: 4.5rem 1fr auto; gap: .3rem 1rem; align-items: center; padding: .9rem 0; border-bottom: 1px solid var(--line); } .lines svg { width: 4.5rem; display: block; border-radius: .6rem; }
.lines form { display: flex; gap: .5rem; align-items: center; margin-top: .4rem; flex-wrap: wrap; } .lines input { width: 4.2rem; padding: .3rem .5rem; }
.sum { display: flex; justify-content: space-between; padding: .25rem 0; } .sum.total { font-weight: 650; font-size: 1.15rem; border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .8rem; }
.reference { font-size: 1.3rem; font-weight: 650; letter-spacing: .04em; font-variant-numeric: tabular-nums; }
footer { border-top: 1px solid var(--line); padding-block: 2rem; } footer .wrap { display: grid; gap: 2rem; } @media (min-width: 760px) { footer .wrap { grid-template-columns: 1.4fr 1fr; } }
.inline { display: flex; gap: .6rem; max-width: 28rem; } .inline input { flex: 1; }
.modes { display: flex; gap: .35rem; flex-wrap: wrap; } .modes button[aria-pressed=true] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.orders { list-style: none; padding: 0; margin: 0; display: grid; gap: 1rem; } .orders .head { display: flex; gap: .3rem 1.2rem; flex-wrap: wrap; align-items: baseline; margin-bottom: .8rem; }
.orders .actions { display: flex; gap: .5rem; flex-wrap: wrap; margin-bottom: .9rem; } .badge { border-radius: 1em; padding: .1rem .75rem; font-size: .85rem; background: var(--tint); border: 1px solid var(--line); }
.calls { list-style: none; padding: 0; margin: 0; font: .85rem/1.7 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; } .ok { color: var(--good); } .failed { color: var(--bad); }
`;
