"""`evalkit forms`: what is written, what is said, and what a wrong name gives."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.study.creating import create_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a new study."""
    create_study(tmp_path / "study", lang="en", today=date(2026, 9, 1))
    return tmp_path / "study"


def facts(*arguments: str, folder: Path, code: int = 0) -> dict[str, object]:
    done = CliRunner().invoke(app, ["forms", *arguments, "--json", "--study", str(folder)])
    assert done.exit_code == code, done.output
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("target", ["xlsform", "limesurvey", "redcap", "google"])
def test_files_stand_where_they_are_said_to_stand(folder: Path, target: str) -> None:
    found = facts("--wave", "w1", "--to", target, folder=folder)
    files = [Path(name) for name in found["written"]]  # type: ignore[attr-defined]
    assert files
    assert all(file.is_file() and file.parent == folder / "out" / "forms" / target for file in files)
    assert {"residents-core", "partners-core"} == set(found["codes"])  # type: ignore[call-overload]


def test_one_questionnaire_in_one_language(folder: Path) -> None:
    arguments = ("--wave", "w1", "--to", "google", "--instrument", "partners-core", "--lang", "en")
    assert [Path(name).name for name in facts(*arguments, folder=folder)["written"]] == [  # type: ignore[attr-defined]
        "w1-partners-core.en.gs"
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--wave", "w9", "--to", "xlsform"), "forms.unknown_wave"),
        (("--wave", "w1", "--to", "paper"), "forms.unknown_target"),
        (("--wave", "w1", "--to", "xlsform", "--instrument", "site-log"), "forms.unknown_instrument"),
    ],
)
def test_a_wrong_name_is_said_and_nothing_written(
    folder: Path, arguments: tuple[str, ...], code: str
) -> None:
    problems = facts(*arguments, folder=folder, code=1)["problems"]
    assert [problem["code"] for problem in problems] == [code]  # type: ignore[attr-defined]
    assert not (folder / "out" / "forms").exists()


def test_another_language_is_wrong_usage(folder: Path) -> None:
    arguments = ["forms", "--wave", "w1", "--to", "xlsform", "--lang", "fr,es", "--study", str(folder)]
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize(("lang", "heading"), [("en", "On the platform"), ("fr", "Sur la plateforme")])
def test_the_map_of_absent_codes_is_printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lang: str, heading: str
) -> None:
    monkeypatch.setenv("EVALKIT_LANG", lang)
    arguments = ["forms", "--wave", "w1", "--to", "limesurvey", "--study", str(folder)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert heading in done.output
    assert "M8" in done.output
