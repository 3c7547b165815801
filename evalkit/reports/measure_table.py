"""How reliable each outcome was in the wave of a report, as a table that may be shared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from evalkit.disclosure import Cell, DisclosedTable, Spot, disclose
from evalkit.scores.reliability import cronbach_alpha
from evalkit.scores.scoring import turned_answers
from evalkit.study.study import Outcome, Study
from evalkit.study.wave import Wave

NAME = "measures"
COLUMNS = ("items", "alpha", "alpha_low", "alpha_high", "people")


def measure_table(
    study: Study, wave: Wave, panels: Mapping[str, pd.DataFrame]
) -> Mapping[str, DisclosedTable]:
    """Return Cronbach's alpha of each outcome, with its interval and the people behind it.

    A formative scale has no alpha: its items need not go together. Reliability follows from no other table.

    Parameters
    ----------
    wave : the wave of the report.
    panels : scored panel of each population.

    Returns
    -------
    The table by its name; rows are outcomes.
    """
    cells: dict[Spot, Cell | None] = {}
    for outcome in study.outcomes:
        panel = panels[study.population_of(outcome.scale.split(".")[0])]
        cells |= {(outcome.id, column): cell for column, cell in _cells(study, outcome, wave, panel).items()}
    rows = [outcome.id for outcome in study.outcomes]
    return {NAME: disclose(NAME, cells, study.file.disclosure, rows=rows, columns=COLUMNS)}


def _cells(study: Study, outcome: Outcome, wave: Wave, panel: pd.DataFrame) -> dict[str, Cell]:
    instrument, scale = study.scale_of(outcome)
    population = study.file.populations.get(instrument.population)
    organisations = 0 if population is not None and population.organisation == "required" else None
    rows = panel[(panel["wave"] == wave.id) & (panel["instrument"] == instrument.id)]
    known = [item for item in scale.items if item in rows]
    found = {"items": Cell(float(len(scale.items)), study.file.disclosure.min_respondents)}
    if not scale.has_alpha or len(known) < len(scale.items) or not len(rows):
        return found
    alpha = cronbach_alpha(turned_answers(rows, instrument, scale))
    values = {
        "alpha": alpha.estimate,
        "alpha_low": alpha.conf_low,
        "alpha_high": alpha.conf_high,
    }
    found |= {
        name: Cell(value, alpha.n, organisations=organisations)
        for name, value in values.items()
        if not np.isnan(value)
    }
    return found | {"people": Cell(float(alpha.n), alpha.n, "count", organisations=organisations)}
