"""Who answered: how many, who came back, who is new, out of how many homes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evalkit.documents.blocks import Block, Column, Figure, Paragraph, Part, Table, Words
from evalkit.reports.arms import EVERYONE
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.answering import AnsweringFigure
from evalkit.reports.section import Section
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.participation"


def _build(evidence: Evidence) -> Part:
    blocks: list[Block] = [Paragraph(tuple(_sentences(evidence)))]
    if not evidence.is_first:
        blocks.append(_figure(evidence))
    blocks.append(_table(evidence))
    return Part("participation", _say("title"), tuple(blocks))


def _sentences(evidence: Evidence) -> Iterator[Words]:
    counts = _counts(evidence, evidence.wave.id)
    this_year = year(evidence.wave.year)
    if "answered" not in counts:
        yield _say("hidden", year=this_year)
        return
    people = counts["answered"]
    yield _say("answered", year=this_year, people=people, count=people)
    if "again" in counts and counts.get("new"):
        yield _say("again_new", again=counts["again"], new=counts["new"])
    first = _counts(evidence, evidence.first.id)
    if "kept" in counts and "answered" in first:
        years = {"first_year": year(evidence.first.year), "year": this_year}
        yield _say("kept", first=first["answered"], kept=counts["kept"], **years)
    households = evidence.by_site.number(EVERYONE, "households")
    if households is not None:
        yield _say("households", sites=len(evidence.study.sites), households=int(households))


def _counts(evidence: Evidence, wave: str) -> Mapping[str, int]:
    """Return the counts of a wave that may be shown."""
    found = {column: evidence.answered.number(wave, column) for column in evidence.answered.columns}
    return {column: int(number) for column, number in found.items() if number is not None}


def _figure(evidence: Evidence) -> Figure:
    counts, this_year = _counts(evidence, evidence.wave.id), year(evidence.wave.year)
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
        people: Words | int = _counts(evidence, wave.id).get("answered", _say("few"))
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


SECTION = Section("participation", 20, _build)
