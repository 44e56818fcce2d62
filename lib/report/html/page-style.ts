/**
 * Colours are variables, so that the charts can ask for them; what the reader chose wins over what the system
 * says.
 */
const light = `
  --paper: #fff; --ink: #1b1f24; --faint: #667080; --rule: #d9dee5; --panel: #f5f7fa; --link: #0b62c4;
  --caution: #8a5300; --caution-paper: #fff4dd; --line-1: #2f6fbf; --heat: 20, 84, 168;`;
const dark = `
  --paper: #14171b; --ink: #e4e8ee; --faint: #8f9aa8; --rule: #30363f; --panel: #1c2026; --link: #6db3ff;
  --caution: #ffcf7a; --caution-paper: #3a2f16; --line-1: #6fb0ff; --heat: 122, 190, 255;`;

export const pageStyle = `
:root { color-scheme: light; ${light} }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; ${dark} } }
:root[data-theme='light'] { color-scheme: light; ${light} }
:root[data-theme='dark'] { color-scheme: dark; ${dark} }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 120rem; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: start; justify-content: space-between; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
h3 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .15rem 0; color: var(--faint); overflow-wrap: anywhere; }
.caution { color: var(--caution); background: var(--caution-paper); padding: .35rem .6rem; border-radius: 4px; }
button, input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--rule);
  border-radius: 4px; padding: .25rem .6rem; }
button { cursor: pointer; white-space: nowrap; }
input { width: 100%; max-width: 30rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.tools { display: flex; gap: 1rem; align-items: center; margin: 1rem 0 .5rem; }
.scroll { overflow: auto; max-height: 60vh; border: 1px solid var(--rule); border-radius: 4px; }
/* uPlot's legends are tables too, and look after themselves. */
.scroll table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll th { position: sticky; top: 0; background: var(--panel); text-align: right; z-index: 1; }
.scroll th button { border: 0; background: none; font-weight: 600; padding: .35rem .5rem; width: 100%; text-align: inherit; }
th[aria-sort=ascending] button::after { content: ' ▴'; }
th[aria-sort=descending] button::after { content: ' ▾'; }
.scroll td { padding: .25rem .5rem; border-top: 1px solid var(--rule); text-align: right; white-space: nowrap; }
.scroll th.text, .scroll td.text { text-align: left; }
.scroll td.text { overflow-wrap: break-word; white-space: normal; max-width: 26rem; }
.scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; background: var(--paper); }
.scroll td:first-child { overflow-wrap: anywhere; min-width: 11rem; }
.scroll th:first-child { background: var(--panel); z-index: 2; }
a { color: var(--link); }
@media (max-width: 45rem) {
  body { padding: .75rem; }
  .tools { flex-wrap: wrap; gap: .25rem 1rem; }
  .scroll :is(th, td):is(:nth-child(2), :nth-child(3)) { display: none; }
  .scroll td:first-child { min-width: 40vw; }
  .scroll td:first-child::after { content: attr(data-detail); display: block; color: var(--faint); font-size: .8em; }
}
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: 1rem; }
.chart { border: 1px solid var(--rule); border-radius: 4px; padding: .75rem; min-width: 0; }
.chart header { margin-bottom: .5rem; }
.plot { min-height: 260px; }
.u-legend { font-size: 12px; }
`;
