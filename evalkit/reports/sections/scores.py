"""The scores wave after wave: a picture, and all numbers in one table."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Column, Figure, Part, Table, Words
from evalkit.reports.arms import EVERYONE
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.trajectories import ScoreLine, ScorePanel, TrajectoryFigure
from evalkit.reports.results import row_of
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import ON_0_TO_100, people_of, since_of, year
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.scores"


def _build(evidence: Evidence) -> Part:
    return Part(
        "scores",
        _say("title_first" if evidence.is_first else "title"),
        (_score_figure(evidence), _table(evidence)),
    )


def _score_figure(evidence: Evidence) -> Figure:
    panels = tuple(
        ScorePanel(
            outcome.name,
            tuple(
                ScoreLine(row_of(outcome.id, group.id), group.name, number)
                for number, group in enumerate(evidence.groups.all)
            ),
            (0.0, 100.0) if evidence.study.scale_of(outcome)[1].report_as == ON_0_TO_100 else None,
        )
        for outcome in evidence.outcomes
    )
    draw = TrajectoryFigure(panels, tuple((wave.id, wave.year) for wave in evidence.waves))
    years = {"first_year": year(evidence.first.year), "year": year(evidence.wave.year)}
    title = _say("figure_title_first" if evidence.is_first else "figure_title", **years)
    alt = (_say("alt"), *_scores_in_words(evidence))
    left = () if evidence.is_first else (_say("left"),)
    caption = (_say("caption"), *left, *people_of(evidence))
    return Figure("figure-scores", evidence.scores, draw, title, alt, caption)


def _scores_in_words(evidence: Evidence) -> Iterator[Words]:
    years = {"first_year": year(evidence.first.year), "year": year(evidence.wave.year)}
    for outcome in evidence.outcomes:
        for group in evidence.groups.all:
            row = row_of(outcome.id, group.id)
            first, last = (evidence.scores.number(row, wave.id) for wave in (evidence.first, evidence.wave))
            if last is None:
                continue
            words = {"outcome": outcome.name, "group": group.name, "last": Number(last, 1), **years}
            if first is None or evidence.is_first:
                yield _say("alt_one", **words)
            else:
                yield _say("alt_row", **words, first=Number(first, 1))


def _table(evidence: Evidence) -> Table:
    alone = evidence.groups.main.id == EVERYONE
    rows: dict[str, Words] = {}
    for outcome in evidence.outcomes:
        for group in evidence.groups.all:
            named = outcome.name if alone else _say("row", outcome=outcome.name, group=group.name)
            rows[row_of(outcome.id, group.id)] = named
    this_year = year(evidence.wave.year)
    if not evidence.changes.rows:
        column = Column(evidence.wave.id, text_of(this_year), digits=1)
        return Table(evidence.scores, _say("table_first", year=this_year), _say("outcome"), rows, (column,))
    since = since_of(evidence)
    columns = (
        Column("first", since, digits=1),
        Column("last", text_of(this_year), digits=1),
        *(Column(c, _say(c), digits=1, signed=True) for c in ("change", "low", "high")),
    )
    return Table(evidence.changes, _say("table", since=since), _say("outcome"), rows, columns)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("scores", 50, _build, TECHNICAL)
