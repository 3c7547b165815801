"""Tables of text as CSV: no cell of words can be taken for a formula by a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def unformed(text: str) -> str:
    """Return words that a spreadsheet shows as they are: a space stands before what would be a formula.

    Examples
    --------
    >>> unformed("=cmd()"), unformed("Agree")
    (' =cmd()', 'Agree')
    """
    return f" {text}" if text.startswith(_FORMULA) else text


def table_bytes(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> bytes:
    """Return rows as the bytes of a delimited file; cells that a row lacks stay empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
