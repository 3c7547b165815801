"""One round of questionnaires."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from evalkit.texts.text import Text
from evalkit.yaml_files import Model

WaveId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,19}$")]


class AnswerFile(Model):
    """Hold one file of answers that `evalkit run` imports, and the map that reads it."""

    file: str
    instrument: str
    map: str | None = None


class Wave(Model):
    """Hold one wave: its year, its field period, its instruments and its files of answers.

    Parameters
    ----------
    field : first and last day of data collection.
    name : what pages call the wave; its year when not given.
    """

    id: WaveId
    year: int
    field: tuple[date, date]
    instruments: tuple[str, ...]
    name: Text | None = None
    answers: tuple[AnswerFile, ...] = ()

    @model_validator(mode="after")
    def _field_runs_forward(self) -> Wave:
        if self.field[1] < self.field[0]:
            raise PydanticCustomError("field_runs_backward", "the field period ends before it starts")
        return self

    @property
    def midpoint(self) -> date:
        """Return the middle day of the field period."""
        return self.field[0] + timedelta(days=(self.field[1] - self.field[0]).days // 2)
