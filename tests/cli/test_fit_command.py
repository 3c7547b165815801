"""`evalkit fit`: a table in plain words, problems below it, the same facts as JSON, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evalkit.cli import fit_command
from evalkit.cli.app import app
from evalkit.models import fitting, running_sensitivity
from evalkit.models.planning.locking import lock_plan
from evalkit.power.scenario import resident_scenario
from evalkit.power.simulating import simulate
from evalkit.study.study import Study

runner = CliRunner()


@pytest.fixture
def opened(small_study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    arms = {site.id: site.arm for site in small_study.sites}
    scenario = replace(resident_scenario({"cohesion": ("a", "b", "c", "d")}, arms), per_site=15)
    panel = simulate(scenario, np.random.default_rng(1)).panel()
    panel = panel.assign(time=panel["wave"].map({"w1": 0.0, "w2": 1.0, "w3": 2.0}), instrument="small-core")
    monkeypatch.setattr(fitting, "build_panel", lambda study, population: panel)
    monkeypatch.setattr(fit_command, "open_study", lambda folder: small_study)
    monkeypatch.setenv("COLUMNS", "200")
    return small_study


def test_table_tells_changes_intervals_and_what_is_withheld(opened: Study) -> None:
    done = runner.invoke(app, ["fit"])
    assert done.exit_code == 0, done.output
    # The comparison arm has one site: its own change and the difference go without an interval.
    assert done.output.count("not given") == 4
    assert done.output.count(" to +") + done.output.count(" to −") == 2
    assert done.output.count(" — ") == 6, "changes of one group, and differences that one site cannot test"
    assert "models.one_site_in_arm" in done.stderr
    assert str(opened.out_folder / "fits") in done.output.replace("\n", "")


def test_french_terminal_gets_french_words(opened: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_LANG", "fr")
    done = runner.invoke(app, ["fit"])
    assert done.exit_code == 0
    assert "non donné" in done.output and "not given" not in done.output


def test_tables_fit_into_a_terminal_of_80_columns(opened: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = """analyses:
  - {id: gap, question: difference_in_change, outcome: cohesion}
  - {id: slope, question: growth, outcome: cohesion}
"""
    (opened.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    for lang in ("en", "fr"):
        monkeypatch.setenv("EVALKIT_LANG", lang)
        lines = runner.invoke(app, ["fit"]).stdout.splitlines()
        rows = [line for line in lines if "w1" in line and "w3" in line]
        assert len(rows) == 4
        assert all(len(line) <= 80 and "…" not in line for line in rows)
        assert {line.split(":")[0].strip() for line in lines} >= {"gap", "slope"}


def test_what_differs_in_its_plan_has_a_column(opened: Study) -> None:
    plan = "analyses:\n  - {id: rise, question: change_since_baseline, outcome: cohesion}\n"
    (opened.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    lock_plan(opened)
    more = "  - {id: gap, question: difference_in_change, outcome: cohesion}\n"
    (opened.folder / "plan.yaml").write_text(plan + more, encoding="utf-8")
    said = runner.invoke(app, ["fit"]).output
    assert said.count(" planned ") >= 4 and said.count("exploratory") >= 2
    assert "All these results" not in said


def test_json_gives_the_same_facts(opened: Study) -> None:
    done = runner.invoke(app, ["fit", "--json"])
    facts = json.loads(done.stdout)
    assert [found["analysis"]["question"] for found in facts["analyses"]] == [
        "change_since_baseline",
        "difference_in_change",
    ]
    table = pd.read_csv(opened.out_folder / "tables" / "fits.csv")
    changes = [change for found in facts["analyses"] for change in found["changes"]]
    assert [change["estimate"] for change in changes] == pytest.approx(list(table["estimate"]))
    assert changes[-1]["conf_low"] is None


def test_diagnostics_are_written_on_request_alone(opened: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.invoke(app, ["fit"]).exit_code == 0
    folder = opened.out_folder / "fits"
    assert not list(folder.glob("*.html"))
    done = runner.invoke(app, ["fit", "--diagnostics"])
    assert done.exit_code == 0, done.output
    names = {file.name for file in folder.glob("*.html")}
    fitted = [file.stem for file in folder.glob("*.json")]
    assert names == {f"{name}-diagnostics.{lang}.html" for name in fitted for lang in opened.languages}
    assert str(folder) in done.output.replace("\n", "")


@pytest.mark.parametrize(("lang", "word"), [("en", "main result"), ("fr", "résultat principal")])
def test_sensitivity_is_asked_on_request_alone(
    opened: Study, monkeypatch: pytest.MonkeyPatch, lang: str, word: str
) -> None:
    panel = fitting.build_panel(opened, "resident")
    monkeypatch.setattr(running_sensitivity, "build_panel", lambda study, population: panel)
    none = panel.iloc[:0]
    monkeypatch.setattr(running_sensitivity, "flagged_submissions", lambda study: none)
    monkeypatch.setenv("EVALKIT_LANG", lang)
    assert word not in runner.invoke(app, ["fit"]).output
    done = runner.invoke(app, ["fit", "--sensitivity"])
    assert done.exit_code == 0, done.output
    assert word in done.output
    file = pd.read_csv(opened.out_folder / "tables" / "sensitivity.csv")
    facts = json.loads(runner.invoke(app, ["fit", "--sensitivity", "--json"]).stdout)
    assert len(facts["sensitivity"]) == len(file)
    pictures = {picture.suffix for picture in (opened.out_folder / "figures").iterdir()}
    assert pictures == {".svg", ".png"}


def test_a_faulty_plan_stops_before_anything_is_written(opened: Study) -> None:
    plan = "analyses:\n  - {id: a, question: guess, outcome: cohesion}\n"
    (opened.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    done = runner.invoke(app, ["fit"])
    assert done.exit_code == 1
    assert "plan.unknown_question" in done.stderr
    assert not opened.out_folder.exists()
    as_json = runner.invoke(app, ["fit", "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["problems"][0]["where"]["line"] == 2


def test_labels_and_deviations_stand_beside_the_results(opened: Study) -> None:
    assert "No plan is locked" in runner.invoke(app, ["fit"]).output
    plan = "analyses:\n  - {id: rise, question: change_since_baseline, outcome: cohesion}\n"
    (opened.folder / "plan.yaml").write_text(plan, encoding="utf-8")
    lock_plan(opened)
    done = runner.invoke(app, ["fit"])
    assert "All these results were planned." in done.output
    assert "exploratory" not in done.output
    (opened.folder / "plan.yaml").write_text(plan + "alpha: 0.1\n", encoding="utf-8")
    assert "1 deviation from the locked plan" in runner.invoke(app, ["fit"]).output
    assert (
        json.loads(runner.invoke(app, ["fit", "--json"]).stdout)["plan"]["deviations"][0]["field"] == "alpha"
    )


def test_one_analysis_alone_leaves_the_others(opened: Study) -> None:
    assert runner.invoke(app, ["fit"]).exit_code == 0
    files = {file.name for file in (opened.out_folder / "fits").glob("*.json")}
    done = runner.invoke(app, ["fit", "difference-in-change-cohesion", "--to", "csv,xlsx,latex,html"])
    assert done.exit_code == 0, done.output
    assert {file.name for file in (opened.out_folder / "fits").glob("*.json")} == files
    tables = {file.name for file in (opened.out_folder / "tables").iterdir()}
    assert {
        f"{name}.{end}" for name in ("fits", "methods") for end in ("csv", "xlsx", "tex", "html")
    } <= tables


def test_unknown_ids_engines_and_formats_are_refused(opened: Study) -> None:
    for words, code in (
        (["nothing"], "plan.no_such_analysis"),
        (["--engine", "steam"], "plan.no_such_engine"),
        (["--to", "stone"], "plan.unknown_format"),
    ):
        done = runner.invoke(app, ["fit", *words])
        assert done.exit_code == 1 and code in done.stderr
    assert not opened.out_folder.exists()


def test_a_formula_withholds_what_the_design_cannot_bear(
    opened: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalkit.scores import scored_panel

    monkeypatch.setattr(scored_panel, "build_panel", fitting.build_panel)
    formula = "cohesion ~ time * arm + (1 | respondent) + (1 | site)"
    done = runner.invoke(app, ["fit", "--formula", formula])
    assert done.exit_code == 0, done.output
    assert "caution.no_site_wave" in done.stderr and "not given" in done.output
    assert (opened.out_folder / "tables" / "formula.csv").is_file()
    asymptotic = ["fit", "--formula", formula + " + (1 | site:wave)", "--inference", "asymptotic"]
    assert "caution.asymptotic" in runner.invoke(app, asymptotic).stderr


def test_scripts_are_written_on_request(opened: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalkit.models.scripting import writing

    monkeypatch.setattr(writing, "build_panel", fitting.build_panel)
    done = runner.invoke(app, ["fit", "--script", "r"])
    assert done.exit_code == 0, done.output
    assert len(list((opened.out_folder / "fits").glob("*.R"))) == 2
