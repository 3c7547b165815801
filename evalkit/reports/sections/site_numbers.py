"""The numbers of one site in a table."""

from __future__ import annotations

from evalkit.documents.blocks import Column, Part, Table, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focus_of
from evalkit.reports.section import SITE, TECHNICAL, Section
from evalkit.reports.wording import since_of, year
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.scores"


def _build(evidence: Evidence) -> Part:
    focus, now = focus_of(evidence), text_of(year(evidence.wave.year))
    rows: dict[str, Words] = {focus.rows[outcome.id]: outcome.name for outcome in evidence.outcomes}
    columns: tuple[Column, ...] = (Column("last", now, digits=1),)
    caption = _say("table_first", year=year(evidence.wave.year))
    if not evidence.is_first:
        since = since_of(evidence)
        changes = (Column(c, _say(c), digits=1, signed=True) for c in ("change", "low", "high"))
        columns = (Column("first", since, digits=1), *columns, *changes)
        caption = _say("table", since=since)
    table = Table(focus.changes, caption, _say("outcome"), rows, columns)
    return Part("site-numbers", phrase("report.site_numbers.title"), (table,))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-numbers", 48, _build, TECHNICAL, SITE)
