"""What the terminal shows of sensitivity: one contrast an analysis, placebos of that contrast, why none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evalkit.cli.sensitivity import sensitivity_facts, show_sensitivity
from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.running_sensitivity import SENSITIVITIES, main_result
from evalkit.models.sensitivity_results import AnalysisSensitivity, StudySensitivity
from evalkit.power.scenario import resident_scenario
from evalkit.registry import discover
from evalkit.study.study import Study
from tests.models.conftest import ITEMS, SIX, panel_of, study_with


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("COLUMNS", "250")
    plain = study_with(tmp_path, SIX)
    outcomes = tuple(one.model_copy(update={"placebo": one.id == "security"}) for one in plain.outcomes)
    return replace(plain, file=plain.file.model_copy(update={"outcomes": outcomes}))


@pytest.fixture
def found(study: Study) -> StudySensitivity:
    panel = panel_of(replace(resident_scenario(ITEMS, SIX), per_site=20))
    asked = Analysis(id="gap", question="difference_in_change", outcome="cohesion", smallest_change=1.5)
    fitted = fit_analysis(asked, panel, study)
    main = main_result(fitted, panel, study, panel.iloc[:0])
    known = discover(SENSITIVITIES, "SENSITIVITY")
    return StudySensitivity(
        (AnalysisSensitivity(fitted, {name: each.run(main) for name, each in known.items()}),)
    )


def test_one_contrast_is_shown_with_the_furthest_of_each_kind(
    found: StudySensitivity, study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    show_sensitivity(found, study)
    shown = capsys.readouterr().out
    assert shown.count("without site ") == 1 and shown.count("cannot move") == 1
    assert "w1 to w3" in shown and "w1 to w2" not in shown
    assert "No check has flagged" in shown
    moved = {one.variant.mark: abs(one.moved or 0.0) for one in found.analyses[0].of(
        found.analyses[0].found.changes[-1]) if one.sensitivity == "without_each_site"}  # fmt: skip
    assert f"without site {max(moved, key=lambda site: moved[site])}" in shown


def test_nothing_to_ask_again_is_said(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    show_sensitivity(StudySensitivity(()), study)
    assert "No analysis" in capsys.readouterr().out


def test_facts_are_plain_values(found: StudySensitivity) -> None:
    rows = sensitivity_facts(found)["sensitivity"]
    assert len(rows) == len(found.table())
    assert {type(value) for row in rows for value in row.values()} <= {str, float, int, type(None)}
