"""Pages of diagnostics: both languages, nobody alone on them, and no page where there may be none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.disclosure import Suppressed
from evalkit.documents.blocks import Figure, Table, tables_of
from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.study_fits import AnalysisFit, StudyFits
from evalkit.reports.diagnostics.page import diagnosed, write_diagnostics
from evalkit.study.study import Study
from tests.reports.conftest import make_panel, make_study

SIX = {f"S{n}": "intervention" if n <= 3 else "comparison" for n in range(1, 7)}


def panel_of(study: Study, people: int | dict[str, int] = 24) -> pd.DataFrame:
    panel = make_panel(study, {"cohesion": 2.0}, people=people)
    return panel.assign(time=panel["wave"].astype(str).map({"w1": 0.0, "w2": 1.0, "w3": 2.0}))


def fitted(study: Study, panel: pd.DataFrame, engine: str = "mixed") -> AnalysisFit:
    analysis = Analysis(id="one", question="difference_in_change", outcome="cohesion")
    return fit_analysis(analysis, panel, study, engine=engine)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path, SIX)


def test_a_page_in_each_language_with_a_picture_for_each_diagnostic(study: Study) -> None:
    found = fitted(study, panel_of(study))
    files, _ = write_diagnostics(StudyFits((found,)), study)
    assert [file.name for file in files] == ["one-diagnostics.fr.html", "one-diagnostics.en.html"]
    document, _ = diagnosed(found, study)
    assert document is not None
    figures = [block for part in document.parts for block in part.blocks if isinstance(block, Figure)]
    names = {figure.id for figure in figures}
    wanted = {
        "figure-residuals-site",
        "figure-residuals-wave",
        "figure-influence",
        "figure-ends",
        "figure-waves",
    }
    assert wanted <= names and any(name.startswith("figure-effects") for name in names)
    for file, lang in zip(files, ("fr", "en"), strict=True):
        page = file.read_text(encoding="utf-8")
        assert page.count("<svg") == 2 * len(figures)
        assert len(re.findall(r"<desc[^>]*>[^<]+</desc>", page)) == 2 * len(figures)
        assert f'lang="{lang}-CA"' in page
    french = files[0].read_text(encoding="utf-8")
    assert not re.search(r">[^<]*\d\.\d[^<]*<", re.sub(r"<style>.*?</style>", "", french, flags=re.DOTALL))


def test_titles_say_the_finding(study: Study) -> None:
    panel = panel_of(study, 40)
    far = (panel["site"] == "S1") & (panel["wave"] == "w3")
    noisy = panel["site"] == "S4"
    rng = np.random.default_rng(2)
    panel["cohesion"] += 40.0 * far + noisy * rng.normal(0, 25, len(panel))
    document, problems = diagnosed(fitted(study, panel), study)
    assert document is not None
    titles = {
        block.id: block.title.say("en")  # type: ignore[union-attr]
        for part in document.parts
        for block in part.blocks
        if isinstance(block, Figure)
    }
    assert titles["figure-residuals-site"] == "Answers scatter unlike the others in one group: Site S4"
    assert "Site S1" in titles["figure-influence"] or "sites" in titles["figure-influence"]
    assert {"diagnostics.uneven_spread", "diagnostics.influential_site"} <= {p.code for p in problems}


def test_a_small_site_is_in_no_table_and_in_no_warning(study: Study) -> None:
    small = dict.fromkeys(SIX, 24) | {"S2": 6}
    found = fitted(study, panel_of(study, small))
    document, problems = diagnosed(found, study)
    assert document is not None
    for table in tables_of(document):
        assert "S2" not in table.rows
    assert not [problem for problem in problems if problem.where.site == "S2"]


def test_no_number_stands_for_fewer_people_than_the_rule_asks(study: Study) -> None:
    document, _ = diagnosed(fitted(study, panel_of(study, 11)), study)
    assert document is not None
    quartiles = [t for t in tables_of(document) if t.name == "residuals-site"]
    assert isinstance(quartiles[0].at("S1", "low"), Suppressed)
    assert quartiles[0].number("S1", "sd") is not None


def test_residents_have_ranks_and_no_codes(study: Study) -> None:
    panel = panel_of(study)
    document, _ = diagnosed(fitted(study, panel), study)
    assert document is not None
    tables = [b for part in document.parts for b in part.blocks if isinstance(b, Table)]
    ranks = next(t for t in tables if t.data.name == "influence-residents")
    assert list(ranks.row_heads) == [str(k) for k in range(1, 11)]
    files, _ = write_diagnostics(StudyFits((fitted(study, panel),)), study)
    pages = "".join(file.read_text(encoding="utf-8") for file in files)
    assert not [code for code in panel["respondent"].unique() if code in pages]


def test_answers_of_organisations_have_no_page(tmp_path: Path) -> None:
    study = make_study(tmp_path, SIX, populations={"resident": {"organisation": "required"}})
    files, problems = write_diagnostics(StudyFits((fitted(study, panel_of(study)),)), study)
    assert files == ()
    assert problems[-1].code == "diagnostics.organisations"


def test_another_engine_has_a_note_and_no_page(study: Study) -> None:
    found = fitted(study, panel_of(study, 12), engine="statsmodels")
    files, problems = write_diagnostics(StudyFits((found,)), study)
    assert files == ()
    assert [problem.code for problem in problems] == ["diagnostics.not_for_engine"]


def test_pages_of_analyses_that_are_gone_are_removed(study: Study) -> None:
    folder = study.out_folder / "fits"
    folder.mkdir(parents=True)
    (folder / "old-diagnostics.fr.html").write_text("", encoding="utf-8")
    (folder / "old.json").write_text("{}", encoding="utf-8")
    write_diagnostics(StudyFits((fitted(study, panel_of(study)),)), study)
    assert not (folder / "old-diagnostics.fr.html").exists()
    assert (folder / "old.json").exists()


def test_the_same_fit_gives_the_same_bytes(study: Study) -> None:
    fits = StudyFits((fitted(study, panel_of(study)),))
    first = [file.read_bytes() for file in write_diagnostics(fits, study)[0]]
    assert first == [file.read_bytes() for file in write_diagnostics(fits, study)[0]]


@pytest.mark.parametrize(("sites", "people"), [(1, 30), (2, 30), (6, 2), (2, 3)])
@pytest.mark.parametrize("waves", [2, 3])
def test_small_studies_have_a_page_too(tmp_path: Path, sites: int, people: int, waves: int) -> None:
    """One site, or too few people for any table: what can be shown is, and nothing fails."""
    study = make_study(tmp_path, {f"S{n}": None for n in range(1, sites + 1)}, waves)
    analysis = Analysis(id="one", question="growth", outcome="cohesion")
    found = fit_analysis(analysis, panel_of(study, people), study)
    files, _ = write_diagnostics(StudyFits((found,)), study)
    assert len(files) == 2
    document, _ = diagnosed(found, study)
    assert document is not None and found.fit is not None
    if found.fit.n_residents < study.file.disclosure.min_respondents:
        shown = [t.number(r, c) for t in tables_of(document) for r in t.rows for c in t.columns]
        assert shown and not [number for number in shown if number is not None]
