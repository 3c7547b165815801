"""A written scenario reads back as the same, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.prices import Prices
from evalkit.power.scenario_file import Leaving, PlannedOutcome, PlannedSite, ScenarioFile, read_scenario
from evalkit.power.writing_scenario import scenario_text, write_scenario
from evalkit.texts.text import Language

LISTED = ScenarioFile(
    sites=(
        PlannedSite(id="A", arm="intervention", residents=12, start=0.5),
        PlannedSite(id="B", arm="comparison"),
    ),
    waves=(0.0, 1.2, 2.0),
    leaving=Leaving(yearly=0.25, by_score=0.0),
    outcomes=(PlannedOutcome(id="cohesion", icc=0.07), PlannedOutcome(id="access", items=0)),
    prices=Prices(per_site=500.0),
)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("file", [ScenarioFile(), LISTED], ids=["counts", "listed"])
def test_reads_back_as_the_same(tmp_path: Path, file: ScenarioFile, lang: Language) -> None:
    path = tmp_path / "scenario.yaml"
    write_scenario(file, path, lang)
    assert read_scenario(path).content == file


def test_every_range_tells_its_source() -> None:
    lines = [line for line in scenario_text(ScenarioFile(), "fr").splitlines() if "usuel" in line]
    assert len(lines) >= 10
    assert all("; " in line for line in lines)


def test_a_file_that_stands_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("residents: 3\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        write_scenario(ScenarioFile(), path, "en")
    assert found.value.problems[0].code == "power.scenario_stands"
    assert path.read_text(encoding="utf-8") == "residents: 3\n"
    write_scenario(ScenarioFile(), path, "en", replace=True)
    assert read_scenario(path).content == ScenarioFile()
