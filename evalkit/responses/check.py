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


@dataclass(frozen=True)
class Answers:
    """Hold what checks look at: the answers to an instrument in a wave, and what surrounds them."""

    study: Study
    wave: Wave
    instrument: Instrument
    table: AnswerTable
    roster: Roster

    def place(self, position: int | np.integer, item: str | None = None) -> Place:
        """Return the place of a row of the table, by position, and of an item in it."""
        keys = self.table.keys
        return Place(
            wave=self.wave.id,
            instrument=self.instrument.id,
            respondent=str(keys["respondent"].iat[int(position)]),
            site=str(keys["site"].iat[int(position)]),
            item=item,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """Hold a check: its id and the function that finds problems."""

    id: str
    find: Callable[[Answers], Iterable[Problem]]
