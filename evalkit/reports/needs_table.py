"""Needs that matter to people and are not met, as a table to disclose."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evalkit.disclosure import Cell, Spot, TableRequest
from evalkit.study.wave import Wave

NEEDS = ("social", "know", "steps", "listen", "respite")  # of the items `imp*` and `met*` of `residents-core`
MATTERS = 2.0  # "important" or "very important"
MET = 2.0  # "for the most part" or "fully"


def needs_table(panel: pd.DataFrame, waves: Sequence[Wave]) -> TableRequest | None:
    """Return the share of those to whom a need matters and for whom it is not met.

    Parameters
    ----------
    panel : one row a respondent, wave and questionnaire, with items `imp*` (0 to 3) and `met*` (0 to 3).
    waves : the waves up to that of the report.

    Returns
    -------
    Rows are needs; columns the first wave and the last, shares from 0 to 1 of the people who said of both
    questions. None when no need was asked of in the last wave. A need asked of nobody has no cell.
    """
    ends = list(dict.fromkeys((waves[0].id, waves[-1].id)))
    cells: dict[Spot, Cell | None] = {}
    for need in NEEDS:
        if {f"imp{need}", f"met{need}"} <= set(panel.columns):
            for wave in ends:
                if (cell := _unmet(panel[panel["wave"] == wave], need)) is not None:
                    cells[need, wave] = cell
    rows = [need for need in NEEDS if (need, ends[-1]) in cells]
    shown = {spot: cell for spot, cell in cells.items() if spot[0] in rows}
    return TableRequest("needs", shown, rows, ends) if rows else None


def _unmet(people: pd.DataFrame, need: str) -> Cell | None:
    important, met = (pd.to_numeric(people[f"{item}{need}"], errors="coerce") for item in ("imp", "met"))
    asked = met[(important >= MATTERS) & met.notna()]
    return Cell(float((asked < MET).mean()), len(asked), "share") if len(asked) else None
