"""The part on time: whether a straight line describes the waves."""

from __future__ import annotations

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Column, Figure, Part, Table, Words
from evalkit.models.diagnostics.time_shape import TimeShape
from evalkit.models.diagnostics.warning_of import p_words
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.figures.waves import WaveMark, WaveSeries, WavesFigure
from evalkit.texts.numbers import Number

COLUMNS = ("mean", "conf_low", "conf_high", "line")


def wave_part(subject: Subject) -> Part | None:
    """Return a picture and a table of the waves' means beside a line."""
    found = subject.found.shape
    if found is None or found.table["wave"].nunique() < 2:
        return None
    rows = found.table.to_dict("records")
    cells: dict[Spot, Cell | None] = {}
    names: dict[str, Words] = {}
    several = found.table["arm"].nunique() > 1
    for row in rows:
        key, wave = f"{row['arm']}/{row['wave']}", subject.name("wave", row["wave"])
        arm = subject.name("arm", row["arm"])
        names[key] = words("waves.row", arm=arm, wave=wave) if several else wave
        for column in COLUMNS:
            cells[key, column] = Cell(float(row[column]), int(row["residents"]))
    table = subject.disclosed("waves", cells)
    heads = tuple(Column(column, words(f"waves.{column}"), 1) for column in COLUMNS)
    alt = [words("waves.alt")]
    for key, name in names.items():
        mean, line = table.number(key, "mean"), table.number(key, "line")
        if mean is not None and line is not None:
            alt.append(words("waves.alt_row", wave=name, mean=Number(mean), line=Number(line)))
    return Part(
        "waves",
        words("waves.title"),
        (
            Figure(
                "figure-waves", table, _drawing(subject, found), _title(found), tuple(alt), _caption(found)
            ),
            Table(table, words("waves.table"), words("corner.wave"), names, heads),
        ),
    )


def _drawing(subject: Subject, found: TimeShape) -> WavesFigure:
    first = found.table.drop_duplicates("wave").sort_values("time")
    marks = tuple(
        WaveMark(float(time), subject.name("wave", str(wave)))
        for wave, time in zip(first["wave"], first["time"], strict=True)
    )
    series = tuple(
        WaveSeries(
            subject.name("arm", str(arm)),
            tuple(
                (f"{arm}/{wave}", float(time)) for wave, time in zip(own["wave"], own["time"], strict=True)
            ),
        )
        for arm, own in found.table.groupby("arm", sort=False)
    )
    return WavesFigure(marks, series, words("waves.axis"))


def _title(found: TimeShape) -> Words:
    if found.test is None:
        return words("waves.two")
    return words("waves.bent" if found.bent else "waves.straight")


def _caption(found: TimeShape) -> tuple[Words, ...]:
    if found.test is None:
        return (words("waves.caption"),)
    test = found.test
    numbers = {"statistic": Number(test.statistic, 2), "df": Number(test.df, 1), "p": p_words(test.p_value)}
    return (words("waves.caption"), words("waves.test", rank=test.rank, **numbers))
