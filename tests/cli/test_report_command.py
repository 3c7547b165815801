"""`evalkit report` writes one page a language, and says what it cannot do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evalkit.cli import report_command
from evalkit.cli.app import app
from evalkit.instruments.library import shipped_instrument
from evalkit.reports import report
from evalkit.study.study import Study, StudyFile

READERS = ("partners", "residents", "technical")
SCALES = ("cohesion", "security", "access", "control")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Give a study of two waves whose panel is at hand: no store is read."""
    waves = [
        {"id": w, "year": y, "field": [f"{y}-09-01", f"{y}-10-01"], "instruments": ["residents-core"]}
        for w, y in (("w1", 2024), ("w2", 2025))
    ]
    outcomes = [{"id": s, "scale": f"residents-core.{s}", "name": {"fr": s, "en": s}} for s in SCALES]
    content = {
        "study": "tried",
        "title": {"fr": "Essai", "en": "Trial"},
        "sites": [{"id": f"S{n}", "name": {"fr": f"S{n}", "en": f"S{n}"}} for n in range(1, 5)],
        "waves": waves,
        "populations": {"resident": {}},
        "outcomes": outcomes,
    }
    made = Study(
        tmp_path, StudyFile.model_validate(content), {"residents-core": shipped_instrument("residents-core")}
    )
    rng = np.random.default_rng(3)
    rows = [
        {
            "respondent": f"{site.id}{n}",
            "site": site.id,
            "wave": wave.id,
            "time": float(wave.year),
            "arm": None,
            "instrument": "residents-core",
        }
        for site in made.sites
        for wave in made.waves
        for n in range(20)
    ]
    panel = pd.DataFrame(rows).assign(**{scale: rng.normal(50, 8, len(rows)) for scale in SCALES})
    panel["wave"] = pd.Categorical(panel["wave"], ["w1", "w2"], ordered=True)
    monkeypatch.setattr(report_command, "open_study", lambda folder: made)
    monkeypatch.setattr(report, "panels_of", lambda study: {"resident": panel})
    return made


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *words])
    return result.exit_code, result.output


def test_every_language_by_default(study: Study) -> None:
    code, output = run()
    assert code == 0
    folder = study.out_folder / "reports" / "2025"
    names = {f"{reader}.{lang}.html" for reader in READERS for lang in ("fr", "en")}
    assert {file.name for file in folder.iterdir()} == names
    assert "residents.fr.html" in output.replace("\n", "")


@pytest.mark.parametrize("words", [("--lang", "fr,en"), ("--lang", "fr", "--lang", "en", "--to", "html")])
def test_languages_may_be_listed_or_repeated(study: Study, words: tuple[str, ...]) -> None:
    code, output = run(*words, "--wave", "w1", "--for", "partners", "--json")
    assert code == 0
    facts = json.loads(output)
    assert facts["year"] == 2024
    assert [Path(file).name for file in facts["files"]] == ["partners.fr.html", "partners.en.html"]


def test_all_wrong_choices_are_named_together_and_nothing_is_written(study: Study) -> None:
    code, output = run("--lang", "de", "--to", "odt", "--json")
    assert code == 1
    assert {p["code"] for p in json.loads(output)["problems"]} == {
        "report.unknown_language",
        "report.unknown_format",
    }
    assert not study.out_folder.exists()


def test_an_unknown_wave_ends_in_a_problem(study: Study) -> None:
    code, output = run("--wave", "w7", "--json")
    assert code == 1
    assert json.loads(output)["problems"][0]["code"] == "report.unknown_wave"


def test_readers_and_sites_are_chosen_and_the_index_lists_them(study: Study) -> None:
    code, output = run("--for", "partners", "--site", "S2", "--lang", "en", "--year", "2025", "--json")
    assert code == 0
    facts = json.loads(output)
    assert [Path(file).name for file in facts["files"]] == ["partners.en.html", "partners-S2.en.html"]
    assert "2025/partners-S2.en.html" in Path(facts["index"]).read_text(encoding="utf-8")


def test_every_site_gets_pages(study: Study) -> None:
    code, output = run("--for", "residents", "--site", "all", "--lang", "fr", "--json")
    assert code == 0
    names = [Path(file).name for file in json.loads(output)["files"]]
    assert names == ["residents.fr.html", *(f"residents-S{n}.fr.html" for n in range(1, 5))]


def test_wrong_choices_of_every_kind_come_together(study: Study) -> None:
    study.folder.joinpath("report.yaml").write_text("contact: {en: Ask}\n", encoding="utf-8")
    words = ("--for", "donors", "--site", "S9", "--lang", "de", "--wave", "w1", "--year", "2025", "--json")
    code, output = run(*words)
    assert code == 1
    assert {problem["code"] for problem in json.loads(output)["problems"]} == {
        "report.unknown_reader", "report.unknown_site", "report.unknown_language", "report.wave_and_year",
        "additions.missing_language",
    }  # fmt: skip
    assert not study.out_folder.exists()


def test_an_unknown_year_is_named(study: Study) -> None:
    code, output = run("--year", "1999", "--json")
    assert code == 1
    assert json.loads(output)["problems"][0]["code"] == "report.unknown_year"
