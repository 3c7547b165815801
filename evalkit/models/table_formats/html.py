"""Tables as a page of HTML: a caption, heads with their scope, everything escaped."""

from __future__ import annotations

from html import escape

import pandas as pd

from evalkit.models.table_format import TableFormat

DIGITS = 3
STYLE = (
    "body{font-family:sans-serif;margin:1rem}table{border-collapse:collapse}"
    "th,td{padding:.25rem .6rem;border-bottom:1px solid #767676;text-align:left}td.n{text-align:right}"
)


def _content(name: str, table: pd.DataFrame) -> bytes:
    head = "".join(f'<th scope="col">{escape(str(column))}</th>' for column in table)
    body = "\n".join(
        f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in table.itertuples(index=False)
    )
    page = f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(name)}</title><style>{STYLE}</style></head>
<body><main><h1>{escape(name)}</h1>
<table><caption>{escape(name)}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody></table></main></body>
</html>
"""
    return page.encode()


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "<td></td>"
    if isinstance(value, float):
        return f'<td class="n">{value:.{DIGITS}f}</td>'
    return f"<td>{escape(str(value))}</td>"


FORMAT = TableFormat("html", _content)
