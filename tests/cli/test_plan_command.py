"""`evalkit plan`: what it prints, the same facts as JSON, exit codes, both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evalkit.cli import plan_command
from evalkit.cli.app import app
from evalkit.study.study import Study

PLAN = """\
analyses:
  - {id: rise, question: growth, outcome: cohesion, contrast: {since: w1, waves: [w3]}}
"""
Call = Callable[..., Result]


@pytest.fixture
def plan(small_study: Study) -> Path:
    file = small_study.folder / "plan.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return file


@pytest.fixture
def call(small_study: Study, plan: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setattr(plan_command, "open_study", lambda folder: small_study)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner(env={"EVALKIT_LANG": lang, "COLUMNS": "200"}).invoke(app, ["plan", *words])

    return run


def change(plan: Path) -> None:
    plan.write_text(PLAN.replace("w3", "w2"), encoding="utf-8")


def test_check_tells_the_analyses_and_that_nothing_is_locked(call: Call) -> None:
    done = call("check")
    assert done.exit_code == 0, done.output
    assert "rise (primary)" in done.output
    assert "w3, compared with w1" in done.output
    assert "No plan is locked" in done.output


def test_check_of_a_faulty_plan_is_exit_1(call: Call, plan: Path) -> None:
    plan.write_text(PLAN.replace("growth", "guess"), encoding="utf-8")
    assert call("check").exit_code == 1
    facts = json.loads(call("check", "--json").stdout)
    assert [(p["code"], p["where"]["line"]) for p in facts["problems"]] == [("plan.unknown_question", 2)]


def test_lock_again_and_changed(call: Call, plan: Path) -> None:
    first = call("lock")
    assert first.exit_code == 0
    assert "Lock 1" in first.output
    assert "No answers had arrived" in first.output
    again = call("lock")
    assert again.exit_code == 0
    assert "nothing was done" in again.output
    change(plan)
    refused = call("lock")
    assert refused.exit_code == 1
    assert "plan.change_without_why" in refused.output
    amended = call("lock", "--why", "w3 came too late")
    assert amended.exit_code == 0
    assert "Lock 2" in amended.output and "w3 came too late" in amended.output


def test_diff_line_by_line_in_both_languages(call: Call, plan: Path) -> None:
    assert "No plan is locked" in call("diff").output
    call("lock")
    assert "as it was locked" in call("diff").output
    change(plan)
    assert "(rise). Waves compared. Before: 2026. Now: 2025." in call("diff").output
    assert (
        "(rise). Vagues comparées. Avant\u00a0: 2026. Maintenant\u00a0: 2025."
        in call("diff", lang="fr").output
    )


def test_json_gives_the_same_facts(call: Call, plan: Path) -> None:
    locked = json.loads(call("lock", "--json").stdout)
    assert (locked["new"], locked["lock"]["number"], locked["lock"]["waves"]) == (True, 1, [])
    change(plan)
    facts = json.loads(call("diff", "--json").stdout)
    assert [(d["field"], d["old"], d["new"]) for d in facts["deviations"]] == [
        ("contrast.waves", ["w3"], ["w2"])
    ]
    assert facts["analyses"]["rise"]["planned"] == "exploratory"
    assert facts["locks"][0]["sha256"] == locked["lock"]["sha256"]
    checked = json.loads(call("check", "--json").stdout)
    assert checked["standing"] == facts
    assert (checked["alpha"], checked["analyses"][0]["id"]) == (0.05, "rise")
