"""`evalkit check` exits with 1 for errors only, and its JSON is JSON."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from evalkit.cli import check_command
from evalkit.responses.answer_table import KEYS, REASON_CODE, AnswerTable
from evalkit.responses.response_store import write_answers
from evalkit.study.enrolling import add_person
from evalkit.study.study import Study


@pytest.fixture(autouse=True)
def _open_small_study(small_study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "open_study", lambda _folder: small_study)


def _run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(check_command.command)
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, list(words))


def _answer(study: Study, respondent: str, started: str, coh1: float = 3.0) -> None:
    """Write one submission; every other item does not apply."""
    form = study.instruments["small-core"]
    keys = dict.fromkeys(KEYS) | {"respondent": respondent, "site": "S1", "wave": "w1", "instrument": form.id}
    frame = pd.DataFrame([{**keys, "version": "1.0", "started": started}], dtype=object)
    reasons = {item.id: np.full(1, REASON_CODE["not_applicable"], dtype=np.int8) for item in form.items}
    values = {item.id: pd.Series([None], dtype=object) for item in form.items}
    table = AnswerTable(
        frame.assign(row=pd.array([1], dtype="Int64")),
        pd.DataFrame({**values, "coh1": [coh1]}),
        pd.DataFrame({**reasons, "coh1": np.zeros(1, dtype=np.int8)}),
    )
    write_answers(study, table, source="test", why="test")


def test_a_study_in_order(small_study: Study) -> None:
    _answer(small_study, add_person(small_study, population="resident", sites=["S1"]), "2024-10-01")
    result = _run()
    assert (result.exit_code, result.stderr) == (0, "")


def test_warnings_stop_nothing(small_study: Study) -> None:
    _answer(small_study, add_person(small_study, population="resident", sites=["S1"]), "2024-08-01")
    result = _run()
    assert result.exit_code == 0
    assert "check.outside_field" in result.output


def test_errors_exit_with_1_and_all_are_told(small_study: Study) -> None:
    _answer(small_study, "R-00000-0", "2024-10-01", coh1=9.0)
    result = _run("--json")
    assert result.exit_code == 1
    facts = json.loads(result.stdout, parse_constant=pytest.fail)
    found = {problem["code"] for problem in facts["problems"]}
    assert found == {"check.out_of_range", "check.unknown_respondent"}
    by_item = {row["item"]: row["nonresponse"] for row in facts["nonresponse"]}
    assert (by_item["coh1"], by_item["coh2"]) == (0, None)
