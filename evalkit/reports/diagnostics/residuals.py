"""The part on residuals: whether answers scatter alike at the sites and in the waves."""

from __future__ import annotations

from typing import Any

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Block, Column, Figure, Part, Table, Words
from evalkit.models.diagnostics.residual_spread import UNEVEN, ResidualSpread
from evalkit.models.diagnostics.warning_of import p_words
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.figures.dots import DotFigure, DotSeries
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase

# A page shows no more sites than this: those whose answers scatter most unlike the others.
MOST_ROWS = 30
QUARTILES = {"low": 0.25, "median": 0.5, "high": 0.75}
COLUMNS = ("sd", "ratio", "mean", "low", "median", "high", "skewness")


def residual_part(subject: Subject) -> Part | None:
    """Return a picture and a table for sites, and for waves."""
    spreads = [one for one in (subject.found.by_site, subject.found.by_wave) if one is not None]
    blocks = tuple(block for one in spreads if len(one.table) for block in _blocks(subject, one))
    return Part("residuals", words("residuals.title"), blocks) if blocks else None


def _blocks(subject: Subject, found: ResidualSpread) -> tuple[Block, ...]:
    rows = _furthest(found)
    cells = {spot: cell for row in rows for spot, cell in _cells(row).items()}
    table = subject.disclosed(f"residuals-{found.by}", cells)
    names = {str(row["group"]): subject.name(found.by, row["group"]) for row in rows}
    draw = DotFigure(
        tuple(names.items()),
        (DotSeries("ratio", words("residuals.ratio")),),
        words("residuals.axis"),
        band=(1 / UNEVEN, UNEVEN),
        origin=1.0,
    )
    told = _told(found)
    caption: tuple[Words, ...] = (words("residuals.caption"), *told)
    if found.hidden:
        caption = (*caption, words("hidden", count=found.hidden))
    if len(rows) < len(found.table):
        caption = (*caption, words("most", shown=len(rows), count=len(found.table)))
    title = _title(found, names)
    alt = (words("residuals.alt"), *(_in_words(names[str(row["group"])], row) for row in rows))
    columns = tuple(Column(c, words(f"residuals.{c}"), 2, signed=c in ("mean", "skewness")) for c in COLUMNS)
    corner = words(f"corner.{found.by}")
    numbers = Table(table, words(f"residuals.table_{found.by}"), corner, names, columns)
    if found.test is None:
        return (numbers,)
    return (Figure(f"figure-residuals-{found.by}", table, draw, title, alt, caption), numbers)


def _furthest(found: ResidualSpread) -> list[dict[str, Any]]:
    table = found.table
    if len(table) > MOST_ROWS:
        apart = (table["ratio"].clip(lower=1e-9) ** -1).where(table["ratio"] < 1, table["ratio"])
        table = table.loc[apart.sort_values(ascending=False).index[:MOST_ROWS]].sort_index()
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _cells(row: dict[str, Any]) -> dict[Spot, Cell | None]:
    """Return the cells of a group; behind a quartile stand those beyond it alone."""
    group, people = str(row["group"]), int(row["residents"])
    share = {c: min(q, 1 - q) for c, q in QUARTILES.items()}
    return {
        (group, c): Cell(float(row[c]), int(people * share.get(c, 1.0))) if row[c] == row[c] else None
        for c in COLUMNS
    }


def _title(found: ResidualSpread, names: dict[str, Words]) -> Phrase:
    if not found.uneven:
        return words(f"residuals.even_{found.by}")
    if len(found.uneven) == 1 and found.uneven[0] in names:
        return words("residuals.one_uneven", group=names[found.uneven[0]])
    return words(f"residuals.uneven_{found.by}", count=len(found.uneven))


def _told(found: ResidualSpread) -> tuple[Words, ...]:
    if found.test is None:
        return ()
    numbers = {"statistic": Number(found.test.statistic, 2), "p": p_words(found.test.p_value)}
    return (words("residuals.test", df1=found.test.df1, df2=found.test.df2, **numbers),)


def _in_words(name: Words, row: dict[str, Any]) -> Phrase:
    return words("residuals.alt_row", group=name, ratio=Number(float(row["ratio"]), 2))
