"""Activities are drawn as bars, one an age group, in every language and shape."""

from __future__ import annotations

import pytest

from evalkit.disclosure import Cell, DisclosureRule, disclose
from evalkit.documents.blocks import Shape
from evalkit.reports.figures.activities import ActivitiesFigure
from evalkit.texts.text import Text

ROWS = ("1", "2", "3")
NAMES = tuple((row, Text({"fr": f"groupe {row}", "en": f"group {row}"})) for row in ROWS)


@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_longer_bars_for_more_activities(shape: Shape) -> None:
    draw = ActivitiesFigure(NAMES)
    rule = DisclosureRule()
    drawn = []
    for counts in ((1.0, 5.0, 9.0), (9.0, 5.0, 1.0)):
        cells = {(row, "activities"): Cell(n, 10) for row, n in zip(ROWS, counts, strict=True)}
        table = disclose("ages", cells, rule, rows=ROWS, columns=("activities",))
        drawn.append(draw(table, "fr", shape))
        assert drawn[-1] == draw(table, "fr", shape)
    assert drawn[0] != drawn[1]
