"""Moments that a platform writes as its users' country does, as ISO 8601."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Literal

from evalkit.problems import Place, Problem, note
from evalkit.responses.exports.decoding import recoded
from evalkit.responses.foreign.table import ForeignTable

First = Literal["day", "month"]
_FORM = re.compile(
    r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:,?\s+(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([AaPp]\.?\s?[Mm]\.?)?"
    r"(?:\s*(?:GMT|UTC)?\s*([+\-\u2212]\d{1,2})(?::?(\d{2}))?|\s*(?:GMT|UTC))?)?"
)


def moments_by_order(
    table: ForeignTable, column: str, first: First
) -> tuple[ForeignTable, tuple[Problem, ...]]:
    """Return the table with a column of moments as ISO 8601.

    Whether the day or the month comes first is told by a part over 12; only where no cell tells is the
    order of the header's language taken, and said.

    Parameters
    ----------
    first : what comes first where no cell tells.
    """
    cells = table.column(column)
    texts = [str(cell) for cell in cells.distinct]
    orders: tuple[First, ...] = ("day", "month")
    read = {order: [iso_moment(text, order) for text in texts] for order in orders}
    fits = [order for order in orders if None not in read[order]]
    order = fits[0] if len(fits) == 1 else first
    found = [moment or text for moment, text in zip(read[order], texts, strict=True)]
    notes: tuple[Problem, ...] = ()
    if len(fits) == 2 and read["day"] != read["month"]:
        notes = (note(f"platform.{order}_first", Place(file=table.file, column=column)),)
    return replace(table, cells=table.cells.assign(**{column: recoded(cells, found)})), notes


def iso_moment(text: str, first: First) -> str | None:
    """Return a moment as ISO 8601, or None when it cannot be read in this order.

    Examples
    --------
    >>> iso_moment("30/09/2024 14:05:00", "day"), iso_moment("2024/09/30 2:05:00 PM GMT-4", "day")
    ('2024-09-30T14:05:00', '2024-09-30T14:05:00-04:00')
    >>> iso_moment("30/09/2024 14:05:00", "month") is None
    True
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return _standing(text)
    one, two, three = found[1], found[2], found[3]
    year, month, day = (
        (one, two, three) if len(one) == 4 else (three, two, one) if first == "day" else (three, one, two)
    )
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7][0] in "Pp" else 0)
    zone = None
    if found[8]:
        sign = -1 if found[8][0] in "-\u2212" else 1
        zone = timezone(sign * timedelta(hours=int(found[8][1:]), minutes=int(found[9] or 0)))
    try:
        clock = (hour, int(found[5] or 0), int(found[6] or 0))
        moment = datetime(int(year), int(month), int(day), *clock, tzinfo=zone)
    except ValueError:
        return None
    return moment.isoformat() if found[4] else moment.date().isoformat()


def _standing(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None
