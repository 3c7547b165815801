"""Who answered at one site."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import SITE, Section
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.site_answered"


def _build(evidence: Evidence) -> Part | None:
    if evidence.site is None:
        return None
    title = phrase("report.participation.title")
    return Part("site-answered", title, (Paragraph(tuple(_sentences(evidence, evidence.site.id))),))


def _sentences(evidence: Evidence, site: str) -> Iterator[Words]:
    now, before = (evidence.by_site.number(site, wave.id) for wave in (evidence.wave, evidence.first))
    this_year = year(evidence.wave.year)
    if now is None:
        yield _say("hidden", year=this_year)
    else:
        yield phrase("report.participation.answered", year=this_year, people=int(now), count=int(now))
    if before is not None and not evidence.is_first:
        yield _say("before", year=year(evidence.first.year), people=int(before))
    households = evidence.by_site.number(site, "households")
    if households is not None:
        yield _say("households", households=int(households))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-answered", 23, _build, scopes=SITE)
