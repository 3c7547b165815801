"""What cannot be said: three reasons at most, the heaviest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Section
from evalkit.reports.wording import year
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.limits"
MOST = 3  # a long list of caveats is not read
FEW_SITES = 20  # with fewer, methods that hold their level often see under half of real changes (Leyrat 2018)
MANY_LOST = 0.2  # of the first wave; below, those who left hardly move a mean


@dataclass(frozen=True, slots=True)
class Limit:
    """Hold one thing that the study cannot say, with a weight between 0 and 100."""

    weight: float
    sentences: tuple[Words, ...]


def _build(evidence: Evidence) -> Part:
    found = sorted(_limits(evidence), key=lambda limit: -limit.weight)
    points = tuple(limit.sentences for limit in found[:MOST]) or ((_say("none"),),)
    return Part("limits", _say("title"), (BulletList(points),))


def _limits(evidence: Evidence) -> Iterator[Limit]:
    if evidence.is_first:
        yield Limit(100, (_say("first"), _say("first_next")))
        return
    if evidence.groups.comparison is None:
        yield Limit(90, (_say("alone"), _say("alone_why")))
    elif not evidence.study.file.assignment.randomised:
        yield Limit(70, (_say("not_drawn"), _say("not_drawn_why")))
    yield from _few_sites(evidence)
    yield from _lost(evidence)
    if evidence.is_early:
        yield Limit(60, (_say("early"), _say("early_why")))


def _few_sites(evidence: Evidence) -> Iterator[Limit]:
    sites = sum(len(group.sites) for group in evidence.groups.all)
    if sites == 1:
        yield Limit(95, (_say("one_site"), _say("one_site_why")))
    elif sites < FEW_SITES:
        yield Limit(80 - sites, (_say("few_sites", count=sites), _say("few_sites_why")))


def _lost(evidence: Evidence) -> Iterator[Limit]:
    lost = evidence.answered.number(evidence.wave.id, "lost")
    first = evidence.answered.number(evidence.first.id, "answered")
    if lost is not None and first and lost / first > MANY_LOST:
        said = _say("lost", share=Percent(lost / first), year=year(evidence.first.year))
        yield Limit(100 * lost / first, (said, _say("lost_why")))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("limits", 60, _build)
