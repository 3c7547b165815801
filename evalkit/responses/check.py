"""What a check is: a function from the answers to an instrument in a wave to problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem
from evalkit.responses.answer_table import AnswerTable
from evalkit.study.roster import Roster
from evalkit.study.study import Study
from evalkit.study.wave import Wave

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Answers:
    """Hold what checks look at: the answers to an instrument in a wave, and what surrounds them.

    Parameters
    ----------
    visits : DataFrame, `respondent, site, instrument`: who of the population answered what and where in
        the whole wave, in the order of the wave's questionnaires.
    """

    study: Study
    wave: Wave
    instrument: Instrument
    table: AnswerTable
    roster: Roster
    visits: pd.DataFrame

    def place(self, position: int | np.integer, item: str | None = None) -> Place:
        """Return the place of a row of the table, by position, and of an item in it."""
        respondent, site = (self.table.keys[name].iat[int(position)] for name in ("respondent", "site"))
        return Place(
            wave=self.wave.id,
            instrument=self.instrument.id,
            respondent=str(respondent),
            site=None if site is None else str(site),
            item=item,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """Hold a check: its id and the function that finds problems."""

    id: str
    find: Callable[[Answers], Iterable[Problem]]
