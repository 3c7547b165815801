"""Rows of one file that claim the same submission, or a respondent in two sites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.matching.faults import Fault

if TYPE_CHECKING:
    import numpy.typing as npt

_SHOWN = 5


def repeated_rows(
    table: ForeignTable,
    codes: npt.NDArray[np.object_],
    sites: npt.NDArray[np.object_],
    column: str,
    *,
    one_site: bool,
) -> Iterator[Fault]:
    """Give the rows that say twice who answered. Nobody can tell which of them is right: all are faults.

    Parameters
    ----------
    codes, sites : (n,) respondent and site of each row, None where unknown.
    one_site : whether a respondent has one site in a wave.
    """
    frame = pd.DataFrame({"code": codes, "site": sites, "row": table.rows})
    frame = frame[frame["code"].notna()]
    key = ["code"] if one_site else ["code", "site"]
    again = frame[frame.duplicated(key, keep=False)]
    twice: list[tuple[int, str, str]] = []
    elsewhere: list[tuple[int, str, str]] = []
    for _, group in again.groupby(key, sort=False, dropna=False):
        rows = _listed(group["row"].astype(str))
        places = group["site"].dropna().unique()
        into = elsewhere if one_site and len(places) > 1 else twice
        said = ", ".join(places) if into is elsewhere else ""
        into.extend((position, rows, said) for position in group.index)
    for code, found in (("import.respondent_twice", twice), ("import.two_sites_in_file", elsewhere)):
        if found:
            found.sort()
            details = [{"value": str(codes[p]), "rows": rows, "sites": said} for p, rows, said in found]
            yield Fault(code, np.array([p for p, _, _ in found]), np.arange(len(found)), details, column)


def _listed(rows: pd.Series[str]) -> str:
    return ", ".join(rows[:_SHOWN]) + (", …" if len(rows) > _SHOWN else "")
