"""What changed at one site, in one picture."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Figure, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.changes import ChangeFigure, ChangeGroup, ChangeLine
from evalkit.reports.focus import focus_of, focused_with
from evalkit.reports.section import SITE, Section
from evalkit.reports.wording import named, range_of, since_of
from evalkit.study.site import Site
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.outcomes"


def _build(evidence: Evidence) -> Part | None:
    focus = focus_of(evidence)
    if evidence.site is None or all(focus.number(o, "change") is None for o in evidence.outcomes):
        return None
    return Part("site-picture", phrase("report.picture.title"), (_figure(evidence, evidence.site),))


def _figure(evidence: Evidence, site: Site) -> Figure:
    focus, since = focus_of(evidence), since_of(evidence)
    groups = tuple(
        ChangeGroup(o.name, evidence.bands[o.id], (ChangeLine(focus.rows[o.id], site.name, 0),))
        for o in evidence.outcomes
        if focus.verdict(o) not in ("first", "not_asked")
    )
    clear = focused_with(evidence, "up", "down")
    steady = evidence.outcomes == focused_with(evidence, "steady")
    title = _say("figure_title_steady" if steady else "figure_title_none", since=since)
    if clear:
        title = _say("figure_title_some", since=since, outcomes=named(evidence, clear))
    draw = ChangeFigure(groups, _say("axis", since=since))
    alt = (_say("figure_alt", since=since), *_in_words(evidence, site))
    caption = (_say("figure_caption"), phrase("report.site_message.range"))
    return Figure("figure-site", focus.changes, draw, title, alt, caption)


def _in_words(evidence: Evidence, site: Site) -> Iterator[Words]:
    focus = focus_of(evidence)
    for outcome in evidence.outcomes:
        change, low, high = (focus.number(outcome, column) for column in ("change", "low", "high"))
        if change is not None and low is not None and high is not None:
            words = {"outcome": outcome.name, "group": site.name, "change": Number(change, 1, signed=True)}
            yield _say("figure_alt_row", **words, range=range_of(low, high))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-picture", 27, _build, scopes=SITE)
