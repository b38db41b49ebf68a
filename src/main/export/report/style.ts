/** The report's look: light and dark, on screen and in print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #fbfbfa; --ink: #1c1c1a; --soft: #55554f; --line: #d8d8d2; --card: #fff; --warn: #fff3d6; --warn-line: #b77900; --right: #0a6b35; --wrong: #a3200d; }
@media (prefers-color-scheme: dark) { :root { --page: #161614; --ink: #ececec; --soft: #b0b0a8; --line: #3c3c38; --card: #20201d; --warn: #3a2e10; --warn-line: #e0a93a; --right: #6cd39a; --wrong: #ff9b87; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.35rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1.1rem; } h4 { margin: .75rem 0 0; font-size: 1rem; } h5 { margin: .5rem 0; font-size: .9rem; }
small { font-weight: 400; color: var(--soft); }
nav a { color: inherit; margin-right: 1rem; }
.lead { color: var(--soft); margin: 0 0 1rem; }
.caution { background: var(--warn); border-left: 4px solid var(--warn-line); padding: .5rem .75rem; margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 1rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; background: var(--card); font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .4rem .7rem; text-align: right; } th { font-weight: 600; } th[scope=row], th.name { text-align: left; } thead td { border: 0; background: var(--page); }
table.numbers { margin: .5rem 0 1rem; }
.counts tfoot td { text-align: left; color: var(--soft); font-size: .85rem; white-space: normal; max-width: 24rem; }
.pair, .figures, .views { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: flex-start; }
.verdict { margin: .4rem 0; } .pair table { flex: 0 1 25rem; }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .85rem; max-width: 34rem; }
.figures figure { flex: 1 1 22rem; max-width: 34rem; } .figures svg { width: 100%; height: auto; background: #fff; border-radius: 6px; }
.bar { margin: 1rem 0; max-width: 34rem; } .ramp { height: 1.1rem; border-radius: 3px; border: 1px solid var(--line); } .ticks { display: flex; justify-content: space-between; font-size: .8rem; font-variant-numeric: tabular-nums; }
.image { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .25rem 1rem 1rem; margin: 1.25rem 0; }
.reason, .drift, .logits { margin: .2rem 0; color: var(--soft); font-size: .9rem; }
.view { flex: 1 1 24rem; min-width: 0; } .pictures { display: flex; gap: .5rem; } .pictures img { width: calc(50% - .25rem); max-width: 14rem; height: auto; image-rendering: pixelated; border-radius: 4px; }
.words { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; padding: 0; margin: .5rem 0; }
.words li { padding: .1rem .4rem; border-radius: 4px; border: 2px solid transparent; text-align: center; line-height: 1.25; } .words li.learned { border: 2px dashed currentColor; }
.words small { display: block; color: inherit; font-size: .68rem; font-variant-numeric: tabular-nums; }
.right { color: var(--right); font-weight: 600; } .wrong { color: var(--wrong); font-weight: 600; }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media print { :root { --page: #fff; --ink: #000; --soft: #444; --card: #fff; --line: #bbb; --warn: #fff; } body { max-width: none; padding: 0; font-size: 11pt; } nav { display: none; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .image, .comparison, figure, table { break-inside: avoid; } h2, h3 { break-after: avoid; } }
`;
