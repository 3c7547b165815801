"""Pictures of sensitivity: one an analysis, format and language; small groups and organisations stay out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.running_sensitivity import main_result
from evalkit.models.sensitivity.ordinal_instead_of_mean import SENSITIVITY as RANKS
from evalkit.models.sensitivity.without_each_site import SENSITIVITY as WITHOUT
from evalkit.models.sensitivity_results import AnalysisSensitivity, StudySensitivity
from evalkit.power.scenario import resident_scenario
from evalkit.reports.sensitivity_pictures import curve_of, write_pictures
from evalkit.study.study import Study
from tests.models.conftest import ITEMS, SIX, panel_of, study_with

ASKED = Analysis(id="gap", question="difference_in_change", outcome="cohesion", smallest_change=1.5)


def tried(study: Study, per_site: int | tuple[int, ...] = 20) -> AnalysisSensitivity:
    panel = panel_of(replace(resident_scenario(ITEMS, SIX), per_site=per_site))
    found = fit_analysis(ASKED, panel, study)
    main = main_result(found, panel, study, panel.iloc[:0])
    return AnalysisSensitivity(
        found, {"ordinal_instead_of_mean": RANKS.run(main), "without_each_site": WITHOUT.run(main)}
    )


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_with(tmp_path, SIX)


def test_each_language_and_format_has_its_file_and_old_ones_go(study: Study) -> None:
    folder = study.out_folder / "figures"
    folder.mkdir(parents=True)
    (folder / "sensitivity-old.fr.svg").write_text("of an analysis that left the plan", encoding="utf-8")
    (folder / "other.svg").write_text("not of sensitivity", encoding="utf-8")
    files = write_pictures(StudySensitivity((tried(study),)), study)
    names = {f"sensitivity-gap.{lang}.{kind}" for lang in study.languages for kind in ("svg", "png")}
    assert {file.name for file in files} == names
    assert {file.name for file in folder.iterdir()} == names | {"other.svg"}


def test_the_alternative_text_tells_the_numbers(study: Study) -> None:
    each = tried(study)
    drawn = curve_of(each, study)
    assert drawn is not None
    curve = drawn[0]
    estimate = each.found.changes[-1].found.estimate
    assert estimate is not None and f"{estimate:+.1f}" in curve.alt.say("en")
    assert f"{estimate:+.1f}".replace(".", ",") in curve.alt.say("fr")
    assert len(curve.specifications) == 1 + 1 + 6 and len(curve.lines) == 3


def test_a_site_of_few_people_is_left_out(study: Study) -> None:
    sizes = tuple(8 if site == "S2" else 40 for site in SIX)
    drawn = curve_of(tried(study, sizes), study)
    assert drawn is not None
    curve, table = drawn
    marks = {one.mark for one in curve.specifications if table.number(one.row, "estimate") is not None}
    assert "S2" not in marks and "S1" in marks


@pytest.mark.parametrize("change", [{"organisation": "required"}, None])
def test_organisations_and_nothing_to_compare_have_no_picture(study: Study, change: Any) -> None:
    each = tried(study)
    if change is None:
        assert curve_of(replace(each, tried={}), study) is None
        return
    population = study.file.populations["resident"].model_copy(update=change)
    populations = {**study.file.populations, "resident": population}
    partners = replace(study, file=study.file.model_copy(update={"populations": populations}))
    assert curve_of(each, partners) is None


def test_simulated_answers_are_said_to_be(study: Study) -> None:
    made_up = replace(study, file=study.file.model_copy(update={"simulated": True}))
    drawn, plain = curve_of(tried(made_up), made_up), curve_of(tried(study), study)
    assert drawn is not None and drawn[0].banner is not None
    assert plain is not None and plain[0].banner is None
