"""Checklists are whole, in both languages, and point at sections that there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from evalkit.registry import discover
from evalkit.reports.checklist import checklist, checklists_for
from evalkit.study.study import Study
from evalkit.texts.text import LANGUAGES

SIZES = {"trend": 22, "strobe": 22, "consort_stepped": 26}


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_items_are_whole(name: str, size: int) -> None:
    found = checklist(name)
    sections = set(discover("evalkit.reports.sections", "SECTION"))
    assert [item.number for item in found.items] == list(range(1, size + 1))
    assert all(item.topic.say(lang) for item in found.items for lang in LANGUAGES)
    assert {item.where for item in found.items} - {None} <= sections


def test_the_design_decides(small_study: Study, study_maker: Callable[..., Study]) -> None:
    assert [one.title for one in checklists_for(small_study)] == ["TREND", "STROBE"]
    sites = [site.model_dump() for site in small_study.sites]
    apart = [{**site, "started": date(2024 + n, 12, 15)} for n, site in enumerate(sites)]
    staggered = study_maker(small_study.folder, sites=apart)
    assert checklists_for(staggered)[0].title == "CONSORT, stepped wedge"
    alone = study_maker(small_study.folder, sites=[{**site, "arm": None} for site in sites])
    assert [one.title for one in checklists_for(alone)] == ["STROBE"]
