"""Values are read as people write them, and all that cannot be read is said together."""

from __future__ import annotations

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.values import single_values, values_along


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("residents=20..80", (20, 35, 50, 65, 80)),
        ("residents=5..8", (5, 6, 7, 8)),
        ("residents=20..80:20", (20, 40, 60, 80)),
        ("icc=0.1,0.02", (0.02, 0.1)),
        ("cac=0..1:.25", (0, 0.25, 0.5, 0.75, 1)),
    ],
)
def test_ranges(written: str, values: tuple[float, ...]) -> None:
    assert values_along(written)[1] == pytest.approx(values, abs=1)
    assert values_along(written)[1][0] == values[0]
    assert values_along(written)[1][-1] == values[-1]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("luck=1..2", "power.no_such_parameter"),
        ("residents=80..20", "power.no_range"),
        ("residents=20", "power.no_range"),
        ("residents=a,b", "power.no_range"),
        ("residents=1..9:0", "power.no_range"),
        ("icc=nan,1", "power.no_range"),
        ("icc=0.1..2", "power.not_a_number"),
        ("sites=4,5.5", "power.not_a_whole"),
    ],
)
def test_ranges_that_cannot_be_read(written: str, code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        values_along(written)
    assert found.value.problems[0].code == code


def test_single_values_that_cannot_be_read_come_together() -> None:
    with pytest.raises(ProblemsFound) as found:
        single_values(["luck=1", "icc", "cac=many", "residents=5", "attrition=1.5"])
    codes = [problem.code for problem in found.value.problems]
    assert codes == ["power.no_such_parameter", *["power.no_value"] * 2, "power.not_a_number"]
