"""Pictures of power: what their titles claim, what is drawn, and the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.simulated_power import curve
from evalkit.power.varying import PARAMETERS
from evalkit.reports.figures.power_curve import PowerCurve
from evalkit.reports.figures.power_map import PowerMap
from evalkit.reports.power_pictures import Picture, curve_of, map_of, write_power_pictures
from evalkit.texts.phrases import sentences
from evalkit.texts.text import LANGUAGES
from tests.power.designs import question_of, scenario_of

SIMULATIONS = 20
TIMES = (0.0, 2.0)


def drawn(change: float, values: list[float], parameter: str = "sites") -> tuple[PowerCurve, Picture]:
    scenario = scenario_of(2, 2, 15, times=TIMES, yearly_change=change, plateau=5.0)
    found = curve(scenario, [question_of(scenario)], parameter, values, simulations=SIMULATIONS)
    picture = curve_of(parameter, found)
    assert isinstance(picture[0], PowerCurve)
    return picture[0], picture


@pytest.mark.parametrize(
    ("change", "values", "title"),
    [(0.0, [4, 6], "below"), (1.0, [4, 16], "from"), (3.0, [8, 16], "mixed")],
)
def test_the_title_says_where_the_goal_is_reached(change: float, values: list[float], title: str) -> None:
    assert drawn(change, values)[0].title.key == f"power.curve.title.{title}"


def test_points_have_intervals_and_the_formula_stands_behind() -> None:
    figure, (_, table) = drawn(1.0, [8, 4])
    assert figure.values == (4, 8)
    assert [line.simulated for line in figure.lines] == [False, True]
    for number in (0, 1):
        point = f"cohesion.two_stage.{number}"
        low, power, high = (table.number(point, end) for end in ("low", "power", "high"))
        assert low is not None and power is not None and high is not None and low <= power <= high
        assert table.number(f"formula.cohesion.{number}", "power") is not None


def test_the_map_holds_the_design_and_rises() -> None:
    scenario = scenario_of(3, 4, 33, yearly_change=0.2, plateau=1.0)
    picture = map_of(scenario, question_of(scenario))
    assert picture is not None
    figure, table = picture
    assert isinstance(figure, PowerMap) and figure.current == (7, 33)
    assert 7 in figure.sites and 33 in figure.residents
    for row in map(str, figure.residents):
        powers = [table.number(row, str(sites)) for sites in figure.sites if sites % 2 == 0]
        assert None not in powers and powers == sorted(powers)  # type: ignore[type-var]


def test_no_map_of_a_design_without_a_test() -> None:
    scenario = scenario_of(1, 1)
    with pytest.raises(DegenerateDesign):
        map_of(scenario, question_of(scenario))


def test_files_in_every_language(tmp_path: Path) -> None:
    scenario = scenario_of(3, 3)
    pictures = {"power-map": map_of(scenario, question_of(scenario)), "nothing": None}
    files = write_power_pictures(tmp_path / "new" / "folder", pictures, LANGUAGES)
    assert {file.name for file in files} == {
        f"power-map.{lang}.{ending}" for lang in LANGUAGES for ending in ("svg", "png")
    }
    assert all(file.stat().st_size > 1000 for file in files)


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    scenario = scenario_of(3, 3)
    with pytest.raises(ProblemsFound):
        write_power_pictures(tmp_path / "file", {"map": map_of(scenario, question_of(scenario))}, ("en",))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_parameter_has_words_for_its_axis(lang: str) -> None:
    assert not [name for name in PARAMETERS if f"power.parameter.{name}" not in sentences(lang)]  # type: ignore[arg-type]
