"""How the page of a comparison looks: light and dark, from a phone's width up."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--c0:#0072b2;--c1:#b35900;--c2:#007a5a;--c3:#a3418c;
--line:#8886;--soft:#8882}
@media (prefers-color-scheme:dark){:root{--c0:#56b4e9;--c1:#e69f00;--c2:#2fc498;--c3:#e08bc8}}
body{margin:0;font:15px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
main{max-width:70rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.2}
h2{font-size:1.25rem;margin:2.2rem 0 .3rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
ul{padding-left:1.2rem}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1rem}
figure{margin:.5rem 0}
figure.wide{max-width:42rem}
figure.wide svg{min-width:32rem}
figcaption{font-weight:600}
figure p{margin:.2rem 0}
svg{width:100%;height:auto;display:block;font-size:11px}
svg text{fill:currentColor}
.grid{stroke:var(--line);stroke-width:.6}
.one{stroke:currentColor;stroke-width:1;stroke-dasharray:3 3}
.line{fill:none;stroke-width:2}
.bar{stroke:var(--c0);stroke-width:2.5}
.dot{fill:var(--c0)}
.line.c0{stroke:var(--c0)}.line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2)}
.line.c3{stroke:var(--c3)}
i.c0{background:var(--c0)}i.c1{background:var(--c1)}i.c2{background:var(--c2)}
i.c3{background:var(--c3)}
.key{white-space:nowrap;margin-right:.8rem}
.key i{display:inline-block;width:1rem;height:.25rem;margin-right:.3rem;vertical-align:middle}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.87rem}
th,td{padding:.25rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--soft)}
th{font-weight:600;border-bottom:1px solid var(--line)}
td{unicode-bidi:isolate;min-width:2rem;max-width:26rem}
th.number,td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{margin:.4rem 0}
summary{cursor:pointer}
footer{margin-top:3rem;font-size:.85rem;opacity:.8}
"""
