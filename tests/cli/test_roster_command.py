"""`evalkit roster` prints codes, and names only when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evalkit.cli import roster_command
from evalkit.study.codes import read_code
from evalkit.study.study import Study


@pytest.fixture(autouse=True)
def _open_small_study(small_study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_command, "open_study", lambda _folder: small_study)


def _run(*words: str) -> Result:
    return CliRunner().invoke(roster_command.app, list(words))


def _facts(*words: str) -> dict[str, object]:
    result = _run(*words, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(
        "population,site,alias,name\nresident,S1,7,Une Personne\nworker,S2,8,\n", encoding="utf-8"
    )
    return path


def test_import_counts_and_is_refused_the_second_time(file: Path) -> None:
    assert _facts("import", str(file)) == {"new": 2, "known": 0}
    again = _run("import", str(file))
    assert again.exit_code == 1
    assert "store.already_imported" in again.output
    assert isinstance(again.exception, SystemExit)


def test_show_tells_codes_and_names_only_when_asked(file: Path) -> None:
    _run("import", str(file))
    plain = _run("show")
    assert plain.exit_code == 0
    assert "Personne" not in plain.output
    assert "Personne" not in _run("show", "--json").output
    people = _facts("show", "--population", "resident", "--names")["people"]
    assert isinstance(people, list)
    (person,) = people
    assert (person["name"], person["aliases"], person["sites"]) == ("Une Personne", ["7"], ["S1"])
    assert read_code(person["code"]) == person["code"]
    assert _facts("show", "--site", "S3") == {"people": []}


def test_add_prints_the_new_code() -> None:
    code = _facts("add", "--population", "worker", "--site", "S1", "--site", "S2")["code"]
    assert read_code(str(code)) == code
    assert _facts("show", "--site", "S2")["people"] == _facts("show")["people"]
    assert str(code) in _run("show").output


def test_a_wrong_entry_ends_with_problems() -> None:
    result = _run("add", "--population", "resident", "--site", "S9", "--json")
    assert result.exit_code == 1
    assert [p["code"] for p in json.loads(result.stdout)["problems"]] == ["roster.unknown_site"]
    assert _run("add").exit_code == 2
