"""`evalkit instruments`: what it lists, shows, checks and compares; exit codes; both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.instruments.library import shipped_ids

SHIPPED = Path(__file__).resolve().parents[2] / "instruments"


@pytest.fixture(autouse=True)
def _wide_english_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("EVALKIT_LANG", "en")
    monkeypatch.chdir(tmp_path)


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, ["instruments", *words])


def _facts(*words: str) -> dict[str, list[dict[str, object]]]:
    done = _run(*words, "--json")
    facts: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return facts


def _own(folder: Path, **changes: str) -> Path:
    """Write a study folder with a site log of its own; `changes` replace words of the shipped one."""
    words = (SHIPPED / "site-log.yaml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in words
        words = words.replace(old, new, 1)
    (folder / "instruments").mkdir(parents=True)
    (folder / "study.yaml").write_text("study: mine\n", encoding="utf-8")
    file = folder / "instruments" / "site-log.yaml"
    file.write_text(words, encoding="utf-8")
    return file


def test_list_names_every_shipped_questionnaire() -> None:
    done = _run("list")
    assert done.exit_code == 0
    assert [name for name in shipped_ids() if name not in done.stdout] == []


def test_list_finds_the_study_above_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own(tmp_path / "mine", **{'version: "1.0"': 'version: "7.5"'})
    (tmp_path / "mine" / "answers").mkdir()
    monkeypatch.chdir(tmp_path / "mine" / "answers")
    versions = {form["id"]: form["version"] for form in _facts("list")["instruments"]}
    assert versions["site-log"] == "7.5"
    assert versions["residents-core"] == "1.0"


def test_list_names_all_bad_questionnaires_of_a_study(tmp_path: Path) -> None:
    file = _own(tmp_path / "mine", **{"ask_if: ": "ask_when: "})
    (file.parent / "other.yaml").write_bytes((SHIPPED / "site-log.yaml").read_bytes())
    done = _run("list", "--study", str(tmp_path / "mine"), "--json")
    assert done.exit_code == 1
    codes = [problem["code"] for problem in json.loads(done.stdout)["problems"]]
    assert codes == ["instrument.other_id", "yaml.unknown_key"]


def test_list_of_a_study_that_is_not_there(tmp_path: Path) -> None:
    done = _run("list", "--study", str(tmp_path / "none"), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"][0]["code"] == "study.not_found"


@pytest.mark.parametrize(("lang", "words"), [("fr", "Que s’est-il passé"), ("en", "What happened?")])
def test_show_speaks_the_language_asked_for(lang: str, words: str) -> None:
    done = _run("show", "site-log", "--lang", lang)
    assert done.exit_code == 0
    assert words in done.stdout


def test_show_prints_every_item_and_scale_once() -> None:
    firsts = [line.split()[0] for line in _run("show", "residents-core").stdout.splitlines() if line.strip()]
    items = [item["id"] for item in _facts("show", "residents-core")["items"]]
    assert {name: firsts.count(str(name)) for name in items} == dict.fromkeys(items, 1)


def test_show_writes_large_ranges_as_people_do() -> None:
    assert "0 – 100,000,000" in _run("show", "site-log", "--lang", "en").stdout


def test_show_of_an_unknown_id() -> None:
    done = _run("show", "none-such")
    assert done.exit_code == 1
    assert "study.unknown_instrument" in done.stderr


def test_show_in_an_unknown_language_is_wrong_usage() -> None:
    assert _run("show", "site-log", "--lang", "de").exit_code == 2


@pytest.mark.parametrize("name", shipped_ids())
def test_check_finds_nothing_in_what_is_shipped(name: str) -> None:
    done = _run("check", str(SHIPPED / f"{name}.yaml"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert name in done.stdout


def test_check_says_line_and_what_to_do(tmp_path: Path) -> None:
    file = _own(tmp_path / "mine", **{'ask_if: "event == 10"': 'ask_if: "event == 99"'})
    done = _run("check", str(file), "--json")
    assert done.exit_code == 1
    (problem,) = json.loads(done.stdout)["problems"]
    line = 1 + next(
        n for n, words in enumerate(file.read_text(encoding="utf-8").splitlines()) if "== 99" in words
    )
    assert (problem["code"], problem["where"]["line"]) == ("condition.unknown_code", line)
    assert problem["do"]


def test_check_in_french_gives_the_reason_in_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_LANG", "fr")
    file = _own(tmp_path / "mine", **{'ask_if: "event == 10"': 'ask_if: "event 10"'})
    done = _run("check", str(file))
    assert done.exit_code == 1
    assert "comparaison" in done.stderr and "comparison" not in done.stderr


def test_check_of_a_file_that_is_not_there_leaves_no_traceback(tmp_path: Path) -> None:
    done = _run("check", str(tmp_path / "none.yaml"))
    assert done.exit_code == 1
    assert "yaml.not_found" in done.stderr and "Traceback" not in done.output


def test_a_warning_does_not_fail_the_check(tmp_path: Path) -> None:
    long = " ".join(["word"] * 21)
    done = _run("check", str(_own(tmp_path / "mine", **{"What happened": long})))
    assert done.exit_code == 0
    assert "instrument.sentence_too_long" in done.stderr


def test_compare_tells_breaks(tmp_path: Path) -> None:
    old = str(SHIPPED / "site-log.yaml")
    new = _own(tmp_path / "mine", **{'version: "1.0"': 'version: "1.1"', "What happened?": "What is new?"})
    assert [problem["code"] for problem in _facts("compare", old, str(new))["problems"]] == [
        "instrument.wording_changed"
    ]
    assert _run("compare", old, str(new)).exit_code == 0
    assert _facts("compare", old, old) == {"problems": []}


def test_compare_refuses_a_change_without_a_new_version(tmp_path: Path) -> None:
    new = _own(tmp_path / "mine", **{"What happened?": "What is new?"})
    assert _run("compare", str(SHIPPED / "site-log.yaml"), str(new)).exit_code == 1
