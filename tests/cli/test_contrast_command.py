"""`evalkit contrast` shows one contrast whole, and refuses what is not there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from evalkit.cli import contrast_command
from evalkit.cli.app import app
from evalkit.models import fitting
from evalkit.power.scenario import resident_scenario
from evalkit.power.simulating import simulate
from evalkit.study.study import Study

runner = CliRunner()
CHANGE, GAP = "change-since-baseline-cohesion", "difference-in-change-cohesion"


@pytest.fixture
def opened(small_study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Give a study of two intervention sites and one of comparison."""
    arms = {site.id: site.arm for site in small_study.sites}
    scenario = replace(resident_scenario({"cohesion": ("a", "b", "c", "d")}, arms), per_site=15)
    panel = simulate(scenario, np.random.default_rng(1)).panel()
    panel = panel.assign(time=panel["wave"].map({"w1": 0.0, "w2": 1.0, "w3": 2.0}), instrument="small-core")
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    monkeypatch.setattr(contrast_command, "open_study", lambda folder: small_study)
    monkeypatch.setenv("COLUMNS", "200")
    return small_study


def test_methods_sites_and_picture_of_a_change(opened: Study) -> None:
    done = runner.invoke(app, ["contrast", CHANGE, "--arm", "intervention"])
    assert done.exit_code == 0, done.output
    assert "Kenward-Roger" in done.output and "* two stages" in done.output
    assert done.output.count("—") >= 4, "a change of one group has no p-value by any method"
    pictures = {file.name for file in (opened.out_folder / "figures").iterdir()}
    stems = {f"contrast-{CHANGE}-w2-intervention.{lang}" for lang in opened.languages}
    stems = stems if any("w2" in name for name in pictures) else {s.replace("w2", "w3") for s in stems}
    assert {f"{stem}.{ending}" for stem in stems for ending in ("png", "svg")} == pictures


def test_one_site_in_an_arm_shows_the_estimate_and_these_sites_alone(opened: Study) -> None:
    done = runner.invoke(app, ["contrast", GAP])
    assert done.exit_code == 0, done.output
    assert "For these very sites" in done.output and "not given" in done.output
    assert "caution.design_needed" in done.stderr
    assert str(opened.outcomes[0].name.say("en")) in done.stderr and '"cohesion"' not in done.stderr
    facts = json.loads(runner.invoke(app, ["contrast", GAP, "--json"]).stdout)
    assert facts["contrast"]["p_value"] is None and facts["contrast"]["conf_low"] is None
    assert facts["contrast"]["estimate"] is not None and facts["contrast"]["these_low"] is not None


def test_json_holds_every_method(opened: Study) -> None:
    facts = json.loads(runner.invoke(app, ["contrast", CHANGE, "--arm", "intervention", "--json"]).stdout)
    methods = [row["method"] for row in facts["methods"] if row["without_site"] is None]
    assert methods == ["two_stage", "kenward_roger", "cr2_mixed", "t_test"]
    assert facts["estimand"].startswith("Mean change since wave w1")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing"], "plan.no_such_analysis"),
        ([CHANGE, "--wave", "w9"], "plan.no_such_contrast"),
        ([CHANGE, "--arm", "nobody"], "plan.no_such_contrast"),
    ],
)
def test_what_is_not_there(opened: Study, words: list[str], code: str) -> None:
    done = runner.invoke(app, ["contrast", *words])
    assert done.exit_code == 1 and code in done.stderr
    assert not (opened.out_folder / "figures").exists()


def test_french_terminal_gets_french_words(opened: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_LANG", "fr")
    done = runner.invoke(app, ["contrast", CHANGE, "--arm", "intervention"])
    assert "Pour ces sites mêmes" in done.output and "For these" not in done.output
