"""The look of a document on a screen and on paper. Meaning never rests on colour alone."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{--ink:#1b1b1b;--soft:#4a4a4a;--paper:#fff;--line:#c8c8c8;--band:#f3f4f6;--link:#0b4a8f;
--gap:#fff4d6;--gapline:#8a5a00;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#b4b4b4;--paper:#16181b;
--line:#4b5057;--band:#22262b;--link:#9cc7ff;--gap:#3a2e0c;--gapline:#e3b341}}
*{box-sizing:border-box}
body{font:1.0625rem/1.55 system-ui,"Segoe UI",sans-serif;margin:0 auto;max-width:76rem;
padding:1.5rem 1.25rem 4rem;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:2.2em 0 .5em;text-wrap:balance}
h1{font-size:1.9rem;margin:0 0 .6em}h2{font-size:1.35rem;padding-top:.6em;
border-top:1px solid var(--line)}h3{font-size:1.12rem;margin-top:1.7em}
h4,h5,h6{font-size:1rem;margin-top:1.4em}
p,ul,ol,dl,pre,blockquote{margin:.7em 0}main>h2:first-child{margin-top:0}
li{margin:.2em 0}li>ul,li>ol{margin:.2em 0}a{color:var(--link)}
a:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-100vw}.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;
background:var(--paper)}
header{border-bottom:3px double var(--line);padding-bottom:1rem;margin-bottom:1.5rem}
header dl{margin:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));
gap:.5rem 1.5rem}header dt{font-size:.875rem;color:var(--soft)}header dd{margin:0}
nav h2{font-size:1rem;border:0;margin:0 0 .4em;padding:0}nav ol{list-style:none;padding:0;margin:0}
nav ol ol{padding-left:1rem}nav li{font-size:.9375rem;margin:.3em 0}
main dt{font-weight:600}main dd{margin:0 0 .6em 1.5rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem;line-height:1.45}
caption{text-align:left;font-weight:600;padding:0 0 .4rem;overflow-wrap:normal}
th,td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);
font-weight:inherit;overflow-wrap:break-word}.long{overflow-wrap:anywhere;min-width:11em}
thead th{background:var(--band);font-weight:600;border-bottom:2px solid
var(--soft)}.right{text-align:right;font-variant-numeric:tabular-nums}.center{text-align:center}
.scroll{overflow-x:auto;margin:1em 0}
.gap{background:var(--gap);border:1px dashed var(--gapline);border-radius:2px;padding:.05em .35em;
box-decoration-break:clone;-webkit-box-decoration-break:clone}
.note,.warning{border-left:4px solid var(--soft);background:var(--band);padding:.1rem 1rem;
margin:1em 0}.warning{border-left-style:double;border-left-width:8px}
.authored{border-left:2px solid var(--line);padding-left:1rem}
blockquote{border-left:3px solid var(--line);margin-left:0;padding-left:1rem;color:var(--soft)}
code,pre{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.9em}
pre{background:var(--band);padding:.75rem 1rem;white-space:pre-wrap}
sup{line-height:0;font-size:.75em}sup a{text-decoration:none;padding:0 .12em}
td :target,th :target{outline:2px solid var(--link);outline-offset:2px}
img{max-width:100%;height:auto;background:#fff}
hr{border:0;border-top:1px solid var(--line);margin:2em 0}
.sources{font-size:.9375rem}.sources a[role=doc-backlink]{text-decoration:none}
@media (min-width:64rem){body{display:grid;grid-template-columns:16rem minmax(0,1fr);
column-gap:3rem}header{grid-column:1/-1}nav{position:sticky;top:1rem;align-self:start;
max-height:calc(100vh - 2rem);overflow-y:auto}main{grid-column:2;max-width:52rem}}
@media (max-width:63.99rem){nav{margin-bottom:2rem}}
@media (max-width:40rem){body{padding:1rem 1rem 3rem}h1{font-size:1.5rem}
.wide{min-width:44rem}.wide caption{position:sticky;left:0;max-width:calc(100vw - 2rem)}}
@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--line:#999;--band:#f3f4f6;--link:#000;
--gap:#fff;--gapline:#000;color-scheme:light}@page{size:A4;margin:20mm 20mm 22mm}
body{display:block;font-size:10pt;max-width:none;padding:0}.skip{display:none}
nav{position:static;max-height:none;break-after:page}h2,h3,h4,caption{break-after:avoid}
tr,.gap{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}
.wide{min-width:0}a{text-decoration:none}[role=doc-backlink]{display:none}}
"""
