"""`evalkit consent` records, withdraws and lists; nothing is ever lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.study.creating import create_study
from evalkit.study.enrolling import add_person
from evalkit.study.reading import read_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_study(tmp_path / "study", lang="en", today=date(2026, 1, 15))
    return tmp_path / "study"


def run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["consent", *words, "--study", str(folder)])
    return result.exit_code, result.output


def test_record_withdraw_and_list(folder: Path) -> None:
    study = read_study(folder)
    code = add_person(study, population="resident", sites=(study.sites[0].id,))
    assert "No consent" in run(folder, "show")[1]
    assert json.loads(run(folder, "record", code, "--purpose", "quote", "--json")[1]) == {"consent": "c1"}
    assert run(folder, "withdraw", "c1")[0] == 0
    (found,) = json.loads(run(folder, "show", "--json")[1])["consents"]
    assert (found["id"], found["person"], found["purpose"]) == ("c1", code, "quote")
    assert found["withdrawn"] >= found["given"]
    assert code in run(folder, "show")[1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("record", "nobody", "--purpose", "quote"), "consent.unknown_person"),
        (("record", "nobody", "--purpose", "fame"), "consent.unknown_purpose"),
        (("withdraw", "c7"), "consent.unknown"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, words: tuple[str, ...], expected: str) -> None:
    code, output = run(folder, *words, "--json")
    assert code == 1
    assert json.loads(output)["problems"][0]["code"] == expected
