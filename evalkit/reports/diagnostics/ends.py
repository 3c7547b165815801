"""The part on the ends of the scale: how many cannot answer lower, or higher."""

from __future__ import annotations

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Column, Figure, Part, Table
from evalkit.models.diagnostics.floor_ceiling import TOO_MANY
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.figures.dots import DotFigure, DotSeries
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase

COLUMNS = ("at_floor", "at_ceiling")


def end_part(subject: Subject) -> Part | None:
    """Return a picture and a table of the shares at the lowest and the highest score, by wave."""
    found = subject.found.ends
    if found is None or not len(found.table):
        return None
    cells: dict[Spot, Cell | None] = {}
    for row in found.table.to_dict("records"):
        for column in COLUMNS:
            cells[str(row["wave"]), column] = Cell(float(row[column]), int(row["residents"]), "share")
    table = subject.disclosed("ends", cells)
    names = {row: subject.name("wave", row) for row in table.rows}
    series = tuple(DotSeries(column, words(f"ends.{column}")) for column in COLUMNS)
    draw = DotFigure(
        tuple(names.items()),
        series,
        words("ends.axis"),
        limit=TOO_MANY,
        share=True,
        hidden=words("ends.too_few"),
    )
    most, ends = Percent(TOO_MANY), {"low": Number(found.low, 0), "high": Number(found.high, 0)}
    alt = [words("ends.alt")]
    for wave, name in names.items():
        for column in COLUMNS:
            share = table.number(wave, column)
            if share is not None:
                alt.append(words(f"ends.alt_{column}", wave=name, share=Percent(share)))
    columns = tuple(Column(column, words(f"ends.{column}"), share=True) for column in COLUMNS)
    caption = (words("ends.caption", most=most, **ends),)
    return Part(
        "ends",
        words("ends.title"),
        (
            Figure(
                "figure-ends",
                table,
                draw,
                _title(bool(found.floors), bool(found.ceilings)),
                tuple(alt),
                caption,
            ),
            Table(table, words("ends.table"), words("corner.wave"), names, columns),
        ),
    )


def _title(floor: bool, ceiling: bool) -> Phrase:
    key = "both" if floor and ceiling else "floor" if floor else "ceiling" if ceiling else "neither"
    return words(f"ends.{key}")
