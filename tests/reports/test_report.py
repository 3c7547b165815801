"""The summary reads rightly in every state of a study, in both languages, and gives nobody away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.disclosure import Suppressed
from evalkit.documents.blocks import Document, tables_of
from evalkit.documents.renderers.html import render
from evalkit.errors import ProblemsFound
from evalkit.reports.report import build_report
from evalkit.reports.writing import write_report
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import LANGUAGES, Language

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
SIX_IN_TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def keys_of(part: Any) -> Iterator[str]:
    """Give the keys of all phrases inside blocks, whatever holds them."""
    if isinstance(part, Phrase):
        yield part.key
        yield from keys_of(tuple(part.values.values()))
    elif isinstance(part, tuple):
        for inner in part:
            yield from keys_of(inner)
    elif hasattr(part, "__dataclass_fields__"):
        for name in part.__dataclass_fields__:
            if hasattr(part, name):
                yield from keys_of(getattr(part, name))


def text_of_page(document: Document, lang: Language) -> str:
    """Return what a reader sees and hears: no style, no drawing, no tags."""
    page = render(document, lang)
    page = re.sub(r"<style>.*?</style>|<path.*?/>|<use.*?/>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", page)


def told(study: Study, panel: pd.DataFrame, wave: str | None = None) -> Document:
    return build_report(study, wave, "technical", panels={"resident": panel})


def test_a_rise_with_no_comparison_says_what_and_not_why(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    document = told(study, panel_of(study, {"cohesion": 5.0}, people=200, noise=0.2))
    keys = set(keys_of(document))
    assert {"report.headline.changed.up", "report.main_message.up", "report.main_message.alone"} <= keys
    assert "report.limits.alone" in keys
    assert not {key for key in keys if key.startswith("report.comparison.")}


def test_a_fall_is_said_as_plainly(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    keys = set(keys_of(told(study, panel_of(study, {"control": -5.0}, people=200, noise=0.2))))
    assert {"report.headline.changed.down", "report.main_message.down"} <= keys


def test_noise_gives_no_direction_anywhere(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    keys = set(keys_of(told(study, panel_of(study, {}, people=20, noise=6.0))))
    assert "report.headline.unclear" in keys
    assert not keys & {"report.main_message.up", "report.main_message.down", "report.outcomes.up"}


def test_what_is_unclear_in_a_young_intervention_is_too_early(study_of: StudyOf, panel_of: PanelOf) -> None:
    started = [
        {"id": s, "name": {"fr": s, "en": s}, "arm": arm, "started": "2022-01-15"}
        for s, arm in SIX_IN_TWO_ARMS.items()
    ]
    study = study_of(SIX_IN_TWO_ARMS, sites=started)
    keys = set(keys_of(told(study, panel_of(study, {}, people=20, noise=6.0))))
    assert {"report.main_message.early", "report.words.verdict.early"} <= keys


def test_a_comparison_speaks_of_the_difference_first(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    keys = set(keys_of(told(study, panel_of(study, {"cohesion": 5.0}, people=200, noise=0.2))))
    assert {"report.headline.apart.up", "report.comparison.up", "report.main_message.relative_up"} <= keys
    assert "report.limits.not_drawn" in keys
    assert "report.main_message.alone" not in keys


def test_drawn_sites_are_not_doubted_for_how_they_were_chosen(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS, assignment="randomised")
    assert "report.limits.not_drawn" not in set(keys_of(told(study, panel_of(study, {}))))


def test_a_first_wave_has_scores_and_no_change(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(waves=1)
    document = told(study, panel_of(study, {}))
    assert [part.id for part in document.parts] == [
        "main-message", "participation", "flow", "scores", "limits", "measures", "reading", "contact",
        "making", "checklists", "software", "redo",
    ]  # fmt: skip
    assert "report.headline.first" in set(keys_of(document))
    assert "report.limits.first" in set(keys_of(document))


def test_too_few_answers_are_said_and_not_shown(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of({"S1": None, "S2": None})
    document = told(study, panel_of(study, {}, people=4))
    assert "report.headline.too_few" in set(keys_of(document))
    numbers = [cell for table in tables_of(document) for cell in table.cells.values()]
    assert all(isinstance(n, Suppressed) or n is None or n == 0 or n >= 10 for n in numbers)


def test_three_caveats_at_most(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    document = told(study, panel_of(study, {}))
    limits = next(part for part in document.parts if part.id == "limits")
    assert len(limits.blocks[0].points) <= 3  # type: ignore[union-attr]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_small_site_is_nowhere_on_the_page(study_of: StudyOf, panel_of: PanelOf, lang: Language) -> None:
    study = study_of()
    people = {"S1": 7, "S2": 37, "S3": 61, "S4": 83, "S5": 89, "S6": 97}
    page = text_of_page(told(study, panel_of(study, {}, people=people)), lang)
    assert not re.search(r"(?<![\d.,])7(?![\d.,])", page)
    assert not re.search(r"(?<![\d.,])37(?![\d.,])", page), "with the total, the next site gives it away"
    assert re.search(r"(?<![\d.,])61(?![\d.,])", page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_scores_of_a_small_arm_are_nowhere_on_the_page(
    study_of: StudyOf, panel_of: PanelOf, lang: Language
) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    few = {site: 3 if arm == "comparison" else 50 for site, arm in SIX_IN_TWO_ARMS.items()}
    panel = panel_of(study, {}, people=few)
    for wave, score in (("w1", 93.7), ("w2", 91.4), ("w3", 86.2)):
        rows = (panel["arm"] == "comparison") & (panel["wave"] == wave)
        panel.loc[rows, ["cohesion", "security", "access", "control"]] = score
    page = text_of_page(told(study, panel), lang).replace(",", ".")
    for number in ("93.7", "91.4", "86.2", "\u22127.5"):
        assert number not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_simulated_study_says_so(study_of: StudyOf, panel_of: PanelOf, lang: Language) -> None:
    study = study_of(simulated=True)
    document = told(study, panel_of(study, {}))
    assert document.banner is not None
    banner = document.banner.say(lang)
    assert text_of_page(document, lang).count(banner) == 2
    assert told(study_of(), panel_of(study, {})).banner is None


def test_each_page_is_in_one_language(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    document = told(study, panel_of(study, {"cohesion": 3.0}))
    # Ids of analyses, such as change-since-baseline-cohesion, are the same in every language.
    pages = (re.sub(r"\w+(-\w+){2,}", "", text_of_page(document, lang).lower()) for lang in LANGUAGES)
    french, english = (set(re.findall(r"[a-zà-ÿ]{4,}", page)) for page in pages)
    assert not english & {"dans", "score est", "depuis", "personnes", "entre", "points depuis"}
    assert not french & {"since", "between", "people", "which", "score was", "likely"}


def test_the_same_answers_give_the_same_bytes_in_any_order(
    study_of: StudyOf, panel_of: PanelOf, tmp_path: Path
) -> None:
    study = study_of()
    panel = panel_of(study, {"cohesion": 2.0})
    shuffled = panel.sample(frac=1.0, random_state=4)
    files = [
        write_report(told(study, p), tmp_path / name, "fr", "html").read_bytes()
        for name, p in (("a", panel), ("b", shuffled))
    ]
    assert files[0] == files[1]


def test_the_wave_is_the_newest_with_answers_unless_named(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    panel = panel_of(study, {})
    assert told(study, panel).year == 2023
    assert told(study, panel[panel["wave"] != "w3"]).year == 2022
    assert told(study, panel, "w2").year == 2022


@pytest.mark.parametrize(
    ("wave", "code"), [("w9", "report.unknown_wave"), ("w3", "report.wave_without_answers")]
)
def test_a_wave_that_cannot_be_told(study_of: StudyOf, panel_of: PanelOf, wave: str, code: str) -> None:
    study = study_of()
    panel = panel_of(study, {})
    with pytest.raises(ProblemsFound) as found:
        told(study, panel[panel["wave"] != "w3"], wave)
    assert [problem.code for problem in found.value.problems] == [code]


def test_no_answers_and_no_outcomes(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    with pytest.raises(ProblemsFound) as found:
        told(study, panel_of(study, {}).iloc[:0])
    assert found.value.problems[0].code == "report.no_answers"
    with pytest.raises(ProblemsFound) as found:
        told(study_of(outcomes=[]), panel_of(study, {}))
    assert found.value.problems[0].code == "report.no_outcomes"


def test_a_folder_that_cannot_be_written(study_of: StudyOf, panel_of: PanelOf, tmp_path: Path) -> None:
    study = study_of()
    (tmp_path / "out").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        write_report(told(study, panel_of(study, {})), tmp_path / "out", "fr", "html")
    assert found.value.problems[0].code == "report.not_writable"


def test_pictures_are_files_of_their_own(study_of: StudyOf, panel_of: PanelOf, tmp_path: Path) -> None:
    study = study_of(SIX_IN_TWO_ARMS)
    document = told(study, panel_of(study, {"cohesion": 3.0}))
    folder = write_report(document, tmp_path, "fr", "svg")
    assert folder.name == f"{document.name}.fr.figures"
    assert {file.suffix for file in folder.iterdir()} == {".svg"}
    assert (folder / "figure-changes.svg").read_text(encoding="utf-8").startswith("<?xml")
