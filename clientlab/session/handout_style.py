"""How the handout looks: on a screen, on a phone, on paper.

It answers: which sizes and colours the page has. It names no font to load and no
picture to fetch: the page must need nothing but itself.
"""

CSS = """
:root { color-scheme: light; --ink: #1f2933; --quiet: #52606d; --rule: #d5dbe1; --accent: #0b5fa5 }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 2.5rem 1.25rem 4rem; background: #fff;
  color: var(--ink); font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", "Liberation Sans", "DejaVu Sans", Arial, sans-serif; overflow-wrap: break-word }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; margin: 0 }
h1 { font-size: 2.1rem } h2 { font-size: 1.5rem } h3 { font-size: 1.2rem }
p { margin: 0 } a { color: var(--accent) }
.facts { margin-top: .4rem; color: var(--quiet) }
.warning { margin-top: 1.5rem; padding: .9rem 1.1rem; border: 1px solid #d9b38c;
  border-left: .3rem solid #c2571a; background: #fdf8f3 }
.warning p + p { margin-top: .4rem }
nav { margin: 2rem 0 0; padding: 1.2rem 0; border: solid var(--rule); border-width: 1px 0 }
nav h2 { font-size: 1rem; color: var(--quiet); font-weight: 600 }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { text-decoration: none } nav a:hover { text-decoration: underline }
nav .question { margin-top: .8rem; font-weight: 600 }
nav .question > a { color: var(--ink) }
nav .question ul { font-weight: 400 }
nav .question li { display: flex; margin-top: .3rem }
nav .count { flex: 0 0 1.9rem; color: var(--quiet) }
.chapter { margin-top: 3.2rem }
article { position: relative; margin-top: 2rem }
article > .mark { font-size: .875rem; color: var(--quiet) }
.synthetic { display: inline-block; margin-left: .5rem; padding: 0 .5rem; border: 1px solid #b45309;
  border-radius: .2rem; color: #8a3d06; font-weight: 600 }
article h3 { margin: .15rem 0 .7rem }
figure { margin: 0 }
img { display: block; width: 100%; height: auto; border: 1px solid var(--rule) }
figcaption { margin-top: .4rem; font-size: .875rem; line-height: 1.45; color: var(--quiet) }
.table { overflow-x: auto }
.table p { margin-top: .4rem; font-size: .875rem; color: var(--quiet) }
table { border-collapse: collapse; font-size: .9375rem }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: top }
th { color: var(--quiet); font-weight: 600 }
.right { text-align: right; font-variant-numeric: tabular-nums }
.said { margin: .9rem 0 0 }
.decide { margin-top: .9rem; padding: .7rem 1rem; border-left: .25rem solid var(--accent);
  background: #f3f7fb }
.decide b, .notes b { display: block; font-size: .875rem; color: var(--quiet) }
.notes { margin-top: .9rem; font-size: .9375rem }
.notes ul { margin: .1rem 0 0; padding-left: 1.2rem }
.made { margin-top: 4rem; padding-top: 1.2rem; border-top: 1px solid var(--rule);
  font-size: .8125rem; color: var(--quiet) }
.made h2 { font-size: 1rem }
.made dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .4rem 1.2rem;
  margin: .8rem 0 0 }
.made dt { font-weight: 600 } .made dd { margin: 0; min-width: 0 }
.made code { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace }
/* A picture says its own headline, measure and source where it is large enough to be read. */
@media print, (min-width: 55rem) {
  .drawn h3, .drawn figcaption { position: absolute; width: 1px; height: 1px; margin: 0;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  .drawn .mark { margin-bottom: .3rem }
}
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; font-size: 1rem }
  h1 { font-size: 1.6rem } h2 { font-size: 1.25rem } h3 { font-size: 1.1rem }
  .made dl { display: block } .made dt { margin-top: .6rem }
}
@media print {
  @page { size: A4; margin: 12mm 15mm }
  html { font-size: 9.5pt }
  body { max-width: none; padding: 0; font-size: 1rem; line-height: 1.4 }
  a { color: inherit; text-decoration: none }
  h2, h3, .mark { break-after: avoid; break-inside: avoid }
  article, .warning, .made { break-inside: avoid }
  .chapter { margin-top: 8mm } article { margin-top: 5mm }
  .drawn img { width: 168mm; border: 0 } /* two short findings to a sheet */
  .said, .decide, .notes { margin-top: .5rem } .decide { padding: .4rem .8rem }
  .made { margin-top: 10mm }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
"""
