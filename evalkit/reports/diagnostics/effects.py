"""The part on random effects: whether they look normal."""

from __future__ import annotations

from evalkit.disclosure import Cell, Spot
from evalkit.documents.blocks import Figure, Part
from evalkit.models.diagnostics.effect_normality import EffectNormality
from evalkit.models.diagnostics.warning_of import p_words
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.reports.figures.quantiles import QuantileFigure
from evalkit.texts.numbers import Number

COLUMNS = ("normal", "effect", "low", "high")


def effect_part(subject: Subject) -> Part | None:
    """Return a normal-quantile plot for each random effect of residents and sites."""
    figures = tuple(_figure(subject, k, one) for k, one in enumerate(subject.found.effects))
    return Part("effects", words("effects.title"), figures) if figures else None


def _figure(subject: Subject, number: int, found: EffectNormality) -> Figure:
    cells: dict[Spot, Cell | None] = {}
    for place, row in enumerate(found.points.to_dict("records")):
        for column in COLUMNS:
            cells[str(place + 1), column] = Cell(float(row[column]), int(row["residents"]))
    table = subject.disclosed(f"effects-{number + 1}", cells)
    draw = QuantileFigure(words("effects.normal"), words("effects.effect"), words("effects.envelope"))
    name, p_value = found.name, p_words(found.p_value)
    title = words("effects.odd" if found.odd else "effects.as_expected", effect=name)
    skewness = Number(found.skewness, 2, signed=True)
    simulated = words("effects.simulated", count=found.simulations, p=p_value, skewness=skewness)
    points = words(f"effects.points_{found.group}", count=found.levels, points=len(found.points))
    inside = found.points["effect"].between(found.points["low"], found.points["high"])
    alt = words("effects.alt", effect=name, inside=int(inside.sum()), points=len(found.points))
    hidden = (words("effects.hidden", count=found.hidden),) if found.hidden else ()
    return Figure(f"figure-effects-{number + 1}", table, draw, title, (alt,), (points, simulated, *hidden))
