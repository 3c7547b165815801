"""Beside one site: what stands for all sites together."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.main_points import clear_change
from evalkit.reports.section import SITE, Section
from evalkit.reports.wording import verdict_words
from evalkit.study.study import Outcome
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.site_whole"


def _build(evidence: Evidence) -> Part:
    whole = evidence.at(None)
    points = tuple(_point(whole, outcome) for outcome in whole.outcomes)
    group = (_say("group", group=whole.groups.main.name),) if whole.groups.comparison else (_say("all"),)
    return Part("site-whole", _say("title"), (BulletList((group, *points)),))


def _point(whole: Evidence, outcome: Outcome) -> tuple[Words, ...]:
    verdict = whole.verdict(outcome, whole.groups.main)
    if verdict in ("up", "down"):
        return clear_change(whole, outcome)
    return (_say("state", outcome=outcome.name, verdict=verdict_words(whole, verdict)),)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-whole", 34, _build, scopes=SITE)
