"""Items that many left without an answer."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.problems import Place, Problem, warning
from evalkit.responses.check import Answers, Check
from evalkit.responses.nonresponse import nonresponse_table
from evalkit.texts.numbers import Percent

MUCH = 0.10  # simulator defaults take .01 to .08 as usual; above a tenth an item needs a look
FEWEST_ASKED = 10


def find(answers: Answers) -> Iterator[Problem]:
    """Find required items whose share of blank, don't know and refused is above a tenth."""
    required = {item.id for item in answers.instrument.items if item.required}
    for row in nonresponse_table(answers.table).to_dict("records"):
        concerned = row["asked"] - row["not_applicable"]
        if row["item"] in required and concerned >= FEWEST_ASKED and row["nonresponse"] > MUCH:
            place = Place(wave=answers.wave.id, instrument=answers.instrument.id, item=row["item"])
            share = Percent(row["nonresponse"])
            yield warning("check.item_nonresponse", place, share=share, asked=concerned)


CHECK = Check("item_nonresponse", find)
