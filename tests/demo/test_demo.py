"""The demonstration runs from questionnaires to both summaries, and says that it is simulated."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from evalkit.cli.app import app
from evalkit.demo.demo import make_demo
from evalkit.errors import ProblemsFound
from evalkit.scores.scored_panel import build_panel
from evalkit.study.reading import read_study
from evalkit.study.roster import read_roster


def test_ends_in_all_documents_and_says_what_to_open(demo: tuple[Path, Result]) -> None:
    folder, result = demo
    assert result.exit_code == 0, result.output
    pages = [
        folder / "out" / "reports" / "2025" / f"{reader}.{lang}.html"
        for reader in ("partners", "residents", "technical")
        for lang in ("fr", "en")
    ]
    for page in (*pages, folder / "out" / "reports" / "index.html"):
        assert page.is_file()
        assert str(page) in result.output


def test_every_page_says_that_it_is_simulated(demo: tuple[Path, Result]) -> None:
    folder, _ = demo
    for lang, words in {"fr": "Données simulées", "en": "Simulated data"}.items():
        page = (folder / "out" / "reports" / "2025" / f"partners.{lang}.html").read_text(encoding="utf-8")
        assert words in page


def test_six_sites_forty_residents_three_waves_thirty_five_partners(demo: tuple[Path, Result]) -> None:
    study = read_study(demo[0])
    panel = build_panel(study, "resident")
    first = panel[panel["wave"] == "w1"]
    assert first.groupby("site").size().tolist() == [40] * 6
    assert sorted(first["arm"].unique()) == ["comparison", "intervention"]
    assert (panel.groupby("wave", observed=True).size() > 180).all()
    partners = build_panel(study, "partner")
    assert (partners["wave"] == "w1").sum() == 35
    assert len(read_roster(study).codes("resident")) == panel["respondent"].nunique()


def test_scores_are_like_those_of_real_residents(demo: tuple[Path, Result]) -> None:
    panel = build_panel(read_study(demo[0]), "resident")
    for scale in ("cohesion", "security", "access", "control"):
        assert 50 < panel[scale].mean() < 65
        assert 11 < panel[scale].std() < 20
        assert 0.005 < panel[f"{scale}_n"].rsub(panel[f"{scale}_n"].max()).mean() < 1


def test_no_name_and_no_alias_leaves_the_key_table(demo: tuple[Path, Result]) -> None:
    tables = (demo[0] / "out" / "tables").glob("*.csv")
    text = "\n".join(file.read_text(encoding="utf-8") for file in tables)
    assert not re.search(r"resident-\d{4}|partner-\d{4}", text)


def test_a_second_run_changes_nothing(demo: tuple[Path, Result]) -> None:
    folder, _ = demo
    pages = sorted((folder / "out" / "reports").rglob("*.html"))
    before = [page.read_bytes() for page in pages]
    again = CliRunner().invoke(app, ["demo", str(folder)])
    assert again.exit_code == 0, again.output
    assert "8 files that were imported before" in again.output
    assert [page.read_bytes() for page in pages] == before


def test_the_same_seed_gives_the_same_answers(tmp_path: Path) -> None:
    first, second, other = (make_demo(tmp_path / name, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    files = [sorted((study.folder / "answers").glob("*.csv")) for study in (first, second, other)]
    texts = [[file.read_bytes() for file in group] for group in files]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_skip_conditions_hold_in_simulated_answers(tmp_path: Path) -> None:
    study = make_demo(tmp_path / "study", 1)
    answers = pd.read_csv(study.folder / "answers" / "w1-residents.csv")
    assert answers.loc[answers["hardevent"] != 1, "helped"].isna().all()
    assert answers.loc[answers["hardevent"] == 1, "helped"].notna().any()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("keep")
    with pytest.raises(ProblemsFound) as found:
        make_demo(tmp_path, 1)
    assert [p.code for p in found.value.problems] == ["study.folder_in_use"]
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
