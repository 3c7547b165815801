"""Every sensitivity analysis of every analysis: one table, a file, flags and progress."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models import flagged, running_sensitivity
from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.running_sensitivity import SENSITIVITIES, flagged_submissions, run_sensitivity
from evalkit.models.sensitivity_results import StudySensitivity, shown_change
from evalkit.models.study_fits import StudyFits
from evalkit.problems import Place, warning
from evalkit.registry import discover
from evalkit.responses.checking import CheckReport
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import LANGUAGES

KNOWN = discover(SENSITIVITIES, "SENSITIVITY")
QUESTIONS = ("change_since_baseline", "difference_in_change")


@pytest.fixture
def fits(study: Study, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> StudyFits:
    monkeypatch.setattr(running_sensitivity, "build_panel", lambda study, population: panel)
    nothing = CheckReport((), pd.DataFrame(), 0)
    monkeypatch.setattr(flagged, "check_responses", lambda study: nothing)
    asked = [Analysis(id=name.replace("_", "-"), question=name, outcome="cohesion") for name in QUESTIONS]
    return StudyFits(tuple(fit_analysis(one, panel, study) for one in asked))


@pytest.fixture
def found(study: Study, fits: StudyFits) -> StudySensitivity:
    return run_sensitivity(study, fits)


def test_every_analysis_is_asked_everything(found: StudySensitivity) -> None:
    assert [set(each.tried) for each in found.analyses] == [set(KNOWN)] * len(QUESTIONS)


def test_the_file_holds_the_table(found: StudySensitivity, study: Study) -> None:
    table, file = found.table(), pd.read_csv(study.out_folder / "tables" / "sensitivity.csv")
    assert len(file) == len(table)
    assert file["estimate"].to_numpy() == pytest.approx(table["estimate"].to_numpy(dtype=float), nan_ok=True)
    assert set(table["sensitivity"]) == {"main", *KNOWN}


def test_each_row_is_as_far_from_the_main_result_as_it_says(found: StudySensitivity) -> None:
    table = found.table()
    by = ["analysis", "contrast", "arm"]
    main = table[table["sensitivity"] == "main"].set_index(by)["estimate"]
    rest = table[(table["sensitivity"] != "main") & table["moved"].notna()]
    expected = (
        rest["estimate"].to_numpy() - main.loc[list(zip(*(rest[n] for n in by), strict=True))].to_numpy()
    )
    assert len(rest) > 20 and rest["moved"].to_numpy(dtype=float) == pytest.approx(expected.astype(float))


def test_what_does_not_apply_says_why(found: StudySensitivity) -> None:
    table = found.table()
    absent = table[table["absent"].notna()]
    assert {"placebo_outcome", "placebo_start", "without_flagged"} <= set(absent["sensitivity"])
    assert absent["estimate"].isna().all()


def test_all_words_are_known_in_every_language(found: StudySensitivity) -> None:
    for each in found.analyses:
        for name, tried in each.tried.items():
            variants = () if isinstance(tried, Phrase) else tried
            said = [Phrase(f"sensitivity.{name}.title"), *([tried] if isinstance(tried, Phrase) else [])]
            said += [words for variant in variants for words in (variant.name, variant.row)]
            assert all(words.say(lang) for words in said for lang in LANGUAGES)


def test_a_page_shows_the_first_contrast_of_the_latest_wave(found: StudySensitivity, study: Study) -> None:
    shown = [shown_change(each.found, study) for each in found.analyses]
    assert [(change.wave, change.arm) for change in shown] == [("w3", "intervention")] * 2


def test_progress_counts_all_steps(study: Study, fits: StudyFits) -> None:
    told: list[tuple[str, int, int]] = []
    run_sensitivity(study, fits, progress=lambda *what: told.append(what))
    assert [done for _, done, _ in told] == list(range(len(KNOWN) * len(QUESTIONS)))
    assert {total for *_, total in told} == {len(told)}


def test_analyses_that_found_nothing_are_passed_over(study: Study, panel: pd.DataFrame) -> None:
    one_wave = panel[panel["wave"] == "w1"]
    asked = Analysis(id="a", question="change_since_baseline", outcome="cohesion")
    nothing = run_sensitivity(study, StudyFits((fit_analysis(asked, one_wave, study),)))
    assert nothing.analyses == () and nothing.table().empty


def test_a_folder_that_cannot_be_written_is_a_problem(study: Study, fits: StudyFits) -> None:
    study.out_folder.write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        run_sensitivity(study, fits)
    assert [problem.code for problem in raised.value.problems] == ["study.folder_not_writable"]


def test_careless_submissions_are_named_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(wave="w1", instrument="short", respondent="R1", site="S1")
    at_item = Place(wave="w1", instrument="short", respondent="R1", site="S1", item="coh1")
    problems = (
        warning("check.same_answers", place, other="R2"),
        warning("check.skipped_but_answered", at_item, condition="x"),
        warning("check.outside_field", Place(wave="w2", respondent="R3"), day="x", first="x", last="x"),
    )
    report: Callable[[Study], CheckReport] = lambda study: CheckReport(problems, pd.DataFrame(), 3)  # noqa: E731
    monkeypatch.setattr(flagged, "check_responses", report)
    assert flagged_submissions(study).to_numpy().tolist() == [["R1", "S1", "w1", "short"]]
