"""For residents: what changed and what is not known yet, in sentences to be read aloud."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import BulletList, Callout, KeyFacts, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focused_with
from evalkit.reports.key_facts import key_fact
from evalkit.reports.main_points import SEEN, clear_change
from evalkit.reports.results import DIFFERENCE
from evalkit.reports.section import Section
from evalkit.reports.wording import people_of
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.residents_message"


def _build(evidence: Evidence) -> Part:
    points = tuple(_points(evidence))
    facts = KeyFacts(tuple(key_fact(evidence, outcome, brief=True) for outcome in evidence.outcomes))
    callout = (Callout(_say("callout"), (BulletList(points),)),) if points else ()
    return Part("residents-message", _say("title"), (*callout, facts))


def _points(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    if people := people_of(evidence):
        yield people
    if focused_with(evidence, "first"):
        yield (_say("first"), _say("first_next"))
    for outcome in focused_with(evidence, "up", "down"):
        yield clear_change(evidence, outcome)
    if focused_with(evidence, "unclear"):
        yield (_say("early"),) if evidence.is_early else (_say("unclear"), _say("unclear_why"))
    if focused_with(evidence, *SEEN):
        yield from _compared(evidence)


def _compared(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    if evidence.groups.comparison is None:
        yield (_say("alone"), _say("alone_so"))
        return
    for way in ("up", "down"):
        for outcome in evidence.outcomes_with(way, group=DIFFERENCE):
            yield (_say(f"relative_{way}", outcome=outcome.name),)
    if not evidence.outcomes_with("up", "down", group=DIFFERENCE):
        yield (_say("relative_none"),)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("residents-message", 11, _build, frozenset(("residents",)))
