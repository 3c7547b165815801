"""The needs that matter to residents and are not met."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Figure, Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.shares import ShareFigure
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import people_of, year
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.needs"


def _build(evidence: Evidence) -> Part | None:
    table = evidence.tables.get("needs")
    if table is None:
        return None
    return Part(
        "needs", _say("title"), (Paragraph((_say("intro"), _say("reading"))), _figure(evidence, table))
    )


def _figure(evidence: Evidence, table: DisclosedTable) -> Figure:
    now = evidence.wave.id
    # With a hidden need nobody may say which one comes first, by words or by order.
    whole = not any(table.hidden(need, now) for need in table.rows)
    rows = list(table.rows)
    if whole:
        rows.sort(key=lambda need: -(table.number(need, now) or 0.0))
    years = {wave.id: year(wave.year) for wave in evidence.waves}
    asked = [c for c in reversed(table.columns) if any(table.at(row, c) is not None for row in rows)]
    draw = ShareFigure(
        tuple((need, _name(need)) for need in rows), tuple((c, text_of(years[c])) for c in asked)
    )
    largest = table.number(rows[0], now)
    title = _say("figure_title_hidden", year=years[now])
    if whole and largest is not None:
        title = _say("figure_title", need=_name(rows[0]), share=Percent(largest), year=years[now])
    alt = (_say("figure_alt"), *_in_words(table, rows, asked, years))
    caption = (_say("figure_caption"), _say("others"), *people_of(evidence))
    return Figure("figure-needs", table, draw, title, alt, caption)


def _in_words(
    table: DisclosedTable, rows: list[str], columns: list[str], years: dict[str, str]
) -> Iterator[Words]:
    for row in rows:
        for column in columns:
            share = table.number(row, column)
            if share is not None:
                yield _say("figure_alt_row", need=_name(row), year=years[column], share=Percent(share))


def _name(need: str) -> Phrase:
    return _say(f"names.{need}")


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("needs", 54, _build, TECHNICAL)
