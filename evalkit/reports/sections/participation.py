"""Who answered: how many, who came back, who is new, out of how many homes."""

from __future__ import annotations

from evalkit.documents.blocks import Block, Column, Figure, Paragraph, Part, Table, Words
from evalkit.reports.arms import EVERYONE
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.answering import AnsweringFigure
from evalkit.reports.participation_words import answered_in_words, counts_of
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.participation"


def _build(evidence: Evidence) -> Part:
    blocks: list[Block] = [Paragraph(tuple(answered_in_words(evidence)))]
    if not evidence.is_first:
        blocks.append(_figure(evidence))
    blocks.append(_table(evidence))
    return Part("participation", _say("title"), tuple(blocks))


def _figure(evidence: Evidence) -> Figure:
    counts, this_year = counts_of(evidence, evidence.wave.id), year(evidence.wave.year)
    title = _say("figure_title_hidden")
    if "answered" in counts:
        key = "figure_title_new" if counts.get("new") else "figure_title"
        title = _say(key, people=counts["answered"], new=counts.get("new", 0), year=this_year)
    draw = AnsweringFigure(
        tuple((wave.id, year(wave.year)) for wave in evidence.waves),
        _say("again"), _say("new"), _say("people"), _say("few"),
    )  # fmt: skip
    alt: list[Words] = [_say("figure_alt")]
    for wave in evidence.waves:
        people: Words | int = counts_of(evidence, wave.id).get("answered", _say("few"))
        alt.append(_say("figure_alt_year", year=year(wave.year), people=people))
    return Figure("figure-answered", evidence.answered, draw, title, tuple(alt), (_say("figure_caption"),))


def _table(evidence: Evidence) -> Table:
    data = evidence.by_site
    years = {wave.id: year(wave.year) for wave in evidence.waves}
    columns = [Column(c, _say("wave_head", year=years[c])) for c in data.columns if c in years]
    if data.at(EVERYONE, "households") is not None:
        columns.insert(0, Column("households", _say("households_head")))
    names: dict[str, Words] = {site.id: site.name for site in evidence.study.sites}
    names[EVERYONE] = _say("all")
    return Table(data, _say("table"), _say("site"), names, tuple(columns))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("participation", 20, _build, TECHNICAL)
