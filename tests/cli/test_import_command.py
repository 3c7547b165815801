"""`evalkit import` says what it did, and ends with 0, 1 or 2."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.study.creating import create_study
from evalkit.study.reading import read_study

FORM = "residents-core"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    file = create_study(folder, lang="en", today=date(2026, 11, 23))
    text = file.read_text(encoding="utf-8")
    assert "sites: one, enrol: roster" in text
    file.write_text(
        text.replace("sites: one, enrol: roster", "sites: one, enrol: on_import"), encoding="utf-8"
    )
    return folder


def run(folder: Path, text: str, *options: str, wave: str = "w1") -> tuple[int, str]:
    file = folder / "answers" / "w1.csv"
    file.write_text(text, encoding="utf-8")
    words = ["import", str(file), "--wave", wave, "--instrument", FORM, "--study", str(folder), *options]
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output


def test_imports_and_says_how_many(folder: Path) -> None:
    code, output = run(folder, "respondent,site,coh1\np1,S1,3\np2,S2,4\n")
    assert code == 0
    assert "2 new, 0 revised, 0 unchanged" in " ".join(output.split())
    assert read_study(folder).data_folder.is_dir()
    code, output = run(folder, "respondent,site,coh1\np1,S1,3\np2,S2,4\n")
    assert code == 1
    assert "import.same_file" in output


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    code, output = run(folder, "respondent,site,coh1\np1,S1,3\n", "--dry-run")
    assert code == 0
    assert "1 new" in output
    assert not read_study(folder).data_folder.exists()


def test_problems_are_grouped_and_counted(folder: Path) -> None:
    rows = "".join(f"p{n},S1,9\n" for n in range(10_000))
    code, output = run(folder, f"respondent,site,coh1\n{rows}")
    assert code == 1
    assert "10,000 errors (import.outside_options)" in output
    assert "9,997 more" in output
    assert len(output.splitlines()) < 20
    assert "Traceback" not in output


def test_facts_for_machines(folder: Path) -> None:
    code, output = run(folder, "respondent,site,coh1\np1,S1,3\np2,S1,77\n", "--accept-partial", "--json")
    assert code == 0
    facts = json.loads(output)
    assert (facts["new"], facts["rejected"], facts["enrolled"]) == (1, 1, 1)
    assert Path(facts["rejects_file"]).is_file()
    found = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert [(p["code"], p["where"]["row"], p["where"]["item"]) for p in found] == [
        ("import.outside_options", 2, "coh1")
    ]
    code, output = run(folder, "respondent,site,coh1\np1,S1,78\n", "--json")
    assert code == 1
    assert json.loads(output)["problems"]


def test_options_reach_the_file(folder: Path) -> None:
    code, _ = run(folder, "respondent\tsite\tcoh1\np1\tS1\t3\n", "--delimiter", "\\t", "--encoding", "utf-8")
    assert code == 0
    code, _ = run(folder, "respondent,site,coh1\np1,S1,3\n", wave="w9")
    assert code == 1


def test_wrong_usage(folder: Path) -> None:
    assert CliRunner().invoke(app, ["import", str(folder)]).exit_code == 2
    code, _ = run(folder, "respondent,site,coh1\np1,S1,3\n", "--delimiter", ";;")
    assert code == 2


def test_says_which_platform_wrote_the_file(folder: Path) -> None:
    text = "respondent,site,g/coh1,_id,_uuid\np1,S1,Tout à fait d'accord,1,a\n"
    code, output = run(folder, text, "--json")
    facts = json.loads(output)
    assert (code, facts["platform"], facts["new"]) == (0, "KoboToolbox", 1)
    assert facts["problems"][0]["code"] == "platform.read_as"
