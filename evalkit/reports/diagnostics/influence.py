"""The part on influence: what the result would be without a site, and without single residents."""

from __future__ import annotations

from typing import Any

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Block, Column, Figure, Paragraph, Part, Table, Words
from evalkit.models.diagnostics.influence import SHOWN_RESIDENTS, Influence
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.figures.dots import DotFigure, DotSeries
from evalkit.texts.numbers import Number

MOST_ROWS = 20


def influence_part(subject: Subject) -> Part | None:
    """Return a picture and a table for sites, and a table without ids for residents."""
    blocks: tuple[Block, ...] = ()
    if subject.found.sites is not None:
        blocks += _sites(subject, subject.found.sites)
    if subject.found.people is not None:
        blocks += _residents(subject, subject.found.people)
    return Part("influence", words("influence.title"), blocks) if blocks else None


def _sites(subject: Subject, found: Influence) -> tuple[Block, ...]:
    rows = [row for row in found.table.head(MOST_ROWS).to_dict("records") if row["possible"]]
    lost = [row for row in found.table.to_dict("records") if not row["possible"]]
    blocks: tuple[Block, ...] = ()
    if lost:
        names = [subject.name("site", str(row["left_out"])) for row in lost]
        blocks += (Paragraph(tuple(words("influence.not_spared", site=name) for name in names)),)
    if not rows:
        return blocks
    cells: dict[Spot, Cell | None] = {}
    for row in rows:
        for column in ("cooks_distance", "dfbetas"):
            cells[str(row["left_out"]), column] = Cell(float(row[column]), int(row["residents"]))
    table = subject.disclosed("influence-sites", cells)
    names_of = {str(row["left_out"]): subject.name("site", str(row["left_out"])) for row in rows}
    draw = DotFigure(
        tuple(names_of.items()),
        (DotSeries("cooks_distance", words("influence.cooks_distance")),),
        words("influence.axis"),
        limit=found.cutoff,
    )
    caption: tuple[Words, ...] = (words("influence.caption", cutoff=Number(found.cutoff, 2)),)
    if found.hidden:
        caption += (words("hidden", count=found.hidden),)
    if len(rows) < len(found.table) - len(lost):
        caption += (words("most", shown=len(rows), count=len(found.table) - len(lost)),)
    alt = (words("influence.alt"), *(_in_words(names_of[str(row["left_out"])], row) for row in rows))
    heads = {
        str(row["left_out"]): words("influence.row", site=names_of[str(row["left_out"])], term=row["term"])
        for row in rows
    }
    return (
        *blocks,
        Figure("figure-influence", table, draw, _title(found, names_of), alt, caption),
        Table(table, words("influence.table"), words("influence.corner"), heads, _columns()),
    )


def _residents(subject: Subject, found: Influence) -> tuple[Block, ...]:
    """Return the ranks of the residents: how far a result moves, not who they are or what they said."""
    cells: dict[Spot, Cell | None] = {}
    heads: dict[str, Words] = {}
    for row in found.without_ids().to_dict("records"):
        if not row["possible"]:
            continue
        rank = str(row["rank"])
        heads[rank] = words("influence.resident", rank=rank, term=row["term"])
        for column, value in (("cooks_distance", row["cooks_distance"]), ("dfbetas", abs(row["dfbetas"]))):
            cells[rank, column] = Cell(float(value), found.groups - 1)
    if not cells:
        return ()
    table = subject.disclosed("influence-residents", cells)
    title = words("influence.residents", count=min(SHOWN_RESIDENTS, len(heads)), of=found.groups)
    size = {"cutoff": Number(found.cutoff, 1), "tried": found.tried}
    told = words("influence.residents_moved", count=len(found.influential), **size)
    return (
        Paragraph((told,)),
        Table(table, title, words("influence.corner_resident"), heads, _columns(signed=False)),
    )


def _columns(*, signed: bool = True) -> tuple[Column, ...]:
    return (
        Column("cooks_distance", words("influence.cooks_distance"), 2),
        Column("dfbetas", words("influence.dfbetas"), 2, signed=signed),
    )


def _title(found: Influence, names: dict[str, Words]) -> Words:
    if not found.influential:
        return words("influence.none")
    if len(found.influential) == 1 and found.influential[0] in names:
        return words("influence.one", site=names[found.influential[0]])
    return words("influence.several", count=len(found.influential))


def _in_words(name: Words, row: dict[Any, Any]) -> Words:
    return words("influence.alt_row", site=name, distance=Number(float(row["cooks_distance"]), 2))
