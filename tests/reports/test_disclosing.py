"""All documents of a year, and of the years before, give no small site away: neither numbers nor drawings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from evalkit.disclosure import DisclosureRule, Key, Relation, Suppressed, TableRequest
from evalkit.documents.renderers.html import render
from evalkit.reports.arms import groups_of
from evalkit.reports.disclosing import log_of, requests_of_counts, write_log
from evalkit.reports.evidence import Evidence, gather
from evalkit.reports.report import build_report
from evalkit.reports.results import (
    change_table,
    relations_of_scores,
    results_of,
    score_table,
    site_score_table,
)
from evalkit.reports.site_results import relations_of_site_changes, site_change_table
from evalkit.study.study import Study
from evalkit.texts.text import LANGUAGES
from tests.disclosure.reader import cells_of, found_out

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}
UNEVEN = {
    "S1": 3,
    "S2": 55,
    "S3": 41,
    "S4": 9,
    "S5": 73,
    "S6": 37,
}  # two sites of few people, one of each arm
EVEN = dict.fromkeys(UNEVEN, 60)
ALONE = {"measures"}  # reliability, which follows from no other table


def asked_for(study: Study, panel: pd.DataFrame) -> tuple[list[TableRequest], list[Relation[Key]]]:
    """Return every table of a year before disclosure, and all that ties them together."""
    groups, waves = groups_of(study), study.waves
    results = results_of(study, waves, groups, {"resident": panel})
    counts, links = requests_of_counts(study, waves, panel)
    scores = [
        score_table(results, waves, groups),
        site_score_table(results, waves),
        change_table(results, groups),
        site_change_table(study, results),
    ]
    known = [*relations_of_scores(results, groups), *relations_of_site_changes(results)]
    return [*counts, *scores], [*links, *known]


def evidence_of(study: Study, panel: pd.DataFrame, wave: int = -1) -> Evidence:
    return gather(study, study.waves[wave], {"resident": panel})


@pytest.mark.parametrize("people", [UNEVEN, EVEN], ids=["uneven", "even"])
@pytest.mark.parametrize("rounding", ["none", "public"])
def test_documents_of_a_year_give_nobody_away(
    study_of: StudyOf, panel_of: PanelOf, people: dict[str, int], rounding: str
) -> None:
    study = study_of(ARMS, disclosure={"rounding": rounding})
    panel = panel_of(study, {"cohesion": 3.0}, people=people)
    tables = {name: t for name, t in evidence_of(study, panel).tables.items() if name not in ALONE}
    requests, links = asked_for(study, panel)
    assert set(tables) == {request.name for request in requests}
    assert not found_out(requests, links, tables.values(), study.file.disclosure)


def test_with_the_documents_of_all_years_neither(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(ARMS)
    panel = panel_of(study, {}, people=UNEVEN)
    requests, links = asked_for(study, panel)
    years = [evidence_of(study, panel, number).tables for number in range(3)]
    counted = [year[name] for year in years for name in ("answered", "answered_by_site")]
    counts = [request for request in requests if request.name.startswith("answered")]
    known = [link for link in links if all(table.startswith("answered") for table, *_ in link.weights)]
    assert not found_out(counts, known, counted, study.file.disclosure)


def test_score_of_a_small_site_is_hidden_with_another_of_its_arm(
    study_of: StudyOf, panel_of: PanelOf
) -> None:
    study = study_of(ARMS)
    evidence = evidence_of(study, panel_of(study, {}, people={**EVEN, "S1": 3}))
    scores = evidence.tables["site_scores"]
    for wave in scores.columns:
        assert scores.hidden("cohesion/S1", wave)
        assert scores.hidden("cohesion/S3", wave) or scores.hidden("cohesion/S5", wave)
        assert evidence.scores.number("cohesion/intervention", wave) is not None


def test_no_hidden_value_is_in_the_page_or_its_drawings(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(ARMS)
    panel = panel_of(study, {}, people=UNEVEN)
    document = build_report(study, panels={"resident": panel})
    cells = cells_of(asked_for(study, panel)[0])
    hidden = {
        (name, *spot): cells[name, *spot].value
        for name, table in evidence_of(study, panel).tables.items()
        for spot, shown in table.cells.items()
        if name not in ALONE and isinstance(shown, Suppressed)
    }
    # Counts of a digit or two stand in a page for other reasons; scores of sites do not.
    telling = [value for (name, *_), value in hidden.items() if name in ("site_scores", "site_changes")]
    assert telling
    for page in (render(document, lang) for lang in LANGUAGES):
        numbers = set(re.findall(r"\d+\.\d{3,}", page))
        assert not {f"{value:.{len(n.split('.')[1])}f}" for value in telling for n in numbers} & numbers
        assert not [value for value in telling if repr(value) in page]


def test_the_log_tells_what_and_why_and_no_value(
    study_of: StudyOf, panel_of: PanelOf, tmp_path: Path
) -> None:
    study = study_of(ARMS)
    tables = evidence_of(study, panel_of(study, {}, people=UNEVEN)).tables
    file = write_log(tables.values(), tmp_path / "out", 2023)
    assert file == tmp_path / "out" / "tables" / "suppressed-2023.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "table,row,column,reason"
    assert "answered_by_site,S1,w1,few_respondents" in lines
    assert all(len(line.split(",")) == 4 for line in lines)
    assert file.read_text(encoding="utf-8") == log_of(tables.values())


def test_public_numbers_are_said_to_be_rounded(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(disclosure={"rounding": "public"})
    evidence = evidence_of(study, panel_of(study, {}))
    shown = [evidence.by_site.number(site, "w3") for site in evidence.by_site.rows]
    assert all((number or 0) % 5 == 0 for number in shown)
    assert DisclosureRule().rounding == "none"
    page = render(build_report(study, panels={"resident": panel_of(study, {})}), "en")
    assert "rounded to fives" in page
