"""Pages for a browser: one file each, no network, no script; readable aloud and printable on A4."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from kcbx_cli.write import charts

_STYLE = f"""
:root {{ color-scheme: light; }}
body {{ font: 16px/1.7 {charts.FONTS}; color: #1a1a1a; background: #fff; max-width: 52rem; margin: 0 auto; padding: 1.5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.3; }} h2 {{ font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 2px solid #0072B2; }}
p.lead {{ color: #444; }} figure {{ margin: 1rem 0; }} figcaption {{ font-weight: 600; }}
svg {{ width: 100%; height: auto; display: block; }} figure svg {{ min-width: 34rem; }} .wide:focus-visible {{ outline: 3px solid #0072B2; }} svg text {{ font-family: {charts.FONTS} !important; }}
table {{ border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; font-weight: 600; padding: .4rem 0; }}
th, td {{ border: 1px solid #bbb; padding: .25rem .5rem; text-align: left; vertical-align: top; }}
th {{ background: #eef3f7; }} td.number {{ text-align: right; white-space: nowrap; }}
tr.mark td {{ font-weight: 700; background: #fff6e5; }}
.wide {{ overflow-x: auto; }} summary {{ cursor: pointer; padding: .3rem 0; }}
footer {{ margin-top: 2rem; font-size: .8rem; color: #444; border-top: 1px solid #bbb; }}
@page {{ size: A4; margin: 15mm; }}
@media print {{
  .wide {{ overflow: visible; }} figure svg {{ min-width: 0; }} nav {{ display: none; }}
  body {{ font-size: 10.5pt; padding: 0; max-width: none; }} table {{ font-size: 8.5pt; }}
  figure, tr {{ break-inside: avoid; }} h2, caption {{ break-after: avoid; }} thead {{ display: table-header-group; }}
  th, tr.mark td {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
}}
"""
_MARK, _NUMBER = ' class="mark"', ' class="number"'


def page(title: str, lead: Sequence[str], sections: Sequence[str], footer: str) -> bytes:
    """A page of sections that are HTML already; title, lead and footer are text."""
    intro = "".join(f'<p class="lead">{escape(line)}</p>\n' for line in lead)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        + intro
        + "\n".join(sections)
        + f"\n</main>\n<footer>{escape(footer)}</footer>\n</body>\n</html>\n"
    ).encode()


def section(title: str, *parts: str) -> str:
    """A section with a heading; parts are HTML already."""
    return (
        f'<section id="{escape(_anchor(title), quote=True)}">\n<h2>{escape(title)}</h2>\n'
        + "\n".join(parts)
        + "\n</section>"
    )


def contents(titles: Sequence[str]) -> str:
    """Links to the sections with these titles."""
    links = "".join(f'<li><a href="#{_anchor(t)}">{escape(t)}</a></li>' for t in titles)
    return f'<nav aria-label="目录"><ul>{links}</ul></nav>'


def _anchor(title: str) -> str:
    return "s-" + title.partition("、")[0]


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def figure(drawing: str, caption: str) -> str:
    """A chart with its caption."""
    return f"<figure>\n{_scrolled(drawing, caption)}\n<figcaption>{escape(caption)}</figcaption>\n</figure>"


def _scrolled(content: str, name: str) -> str:
    """What is wider than a telephone moves inside its own frame, with the keyboard too."""
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(name, quote=True)}">{content}</div>'


def folded(title: str, content: str) -> str:
    """What is shown when asked for; printing shows what is open."""
    return f"<details>\n<summary>{escape(title)}</summary>\n{content}\n</details>"


def table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[Any]], mark: int = -1) -> str:
    """A table: numbers as text in the cells, right-aligned where they look like one; row `mark` stands out."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in headers)
    body = "\n".join(
        f"<tr{_MARK if n == mark else ''}>" + "".join(_cell(value) for value in row) + "</tr>"
        for n, row in enumerate(rows)
    )
    return _scrolled(
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>",
        caption,
    )


def _cell(value: Any) -> str:
    text = str(value)
    number = bool(text) and text[:1] in "0123456789-+—<＊" and not any("一" <= c <= "鿿" for c in text)
    return f"<td{_NUMBER if number else ''}>{escape(text)}</td>"


def percent(share: float, digits: int = 2) -> str:
    """A share in per cent; a dash where there is none."""
    return "—" if pd.isna(share) else f"{share * 100:.{digits}f}%"
