"""What each diagnostic warns of, as problems with the number behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalkit.models.diagnostics.effect_normality import EffectNormality
from evalkit.models.diagnostics.floor_ceiling import TOO_MANY, FloorCeiling
from evalkit.models.diagnostics.influence import Influence
from evalkit.models.diagnostics.residual_spread import ResidualSpread
from evalkit.models.diagnostics.time_shape import TimeShape
from evalkit.problems import Place, Problem, note, warning
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase

SMALLEST_P = 0.001


def p_words(p_value: float) -> Phrase:
    """Return a p-value in words: `p = 0.032`, or `p < 0.001`.

    Examples
    --------
    >>> p_words(0.0321).say("en"), p_words(1e-9).say("en")
    ('p\xa0=\xa00.032', 'p\xa0<\xa00.001')
    """
    if p_value < SMALLEST_P:
        return phrase("diagnostics.p_below", p=Number(SMALLEST_P, 3))
    return phrase("diagnostics.p_is", p=Number(p_value, 3))


def spread_problems(outcome: str, found: ResidualSpread | None) -> Iterator[Problem]:
    """Warn of sites or waves whose answers scatter unlike the others."""
    if found is None or found.test is None:
        return
    p_value = p_words(found.test.p_value)
    for row in found.table.to_dict("records"):
        if row["group"] in found.uneven:
            place = Place(site=row["group"]) if found.by == "site" else Place(wave=row["group"])
            facts = {"ratio": Number(row["ratio"], 2), "p": p_value}
            yield warning("diagnostics.uneven_spread", place, outcome=outcome, **facts)


def normality_problems(outcome: str, found: Iterable[EffectNormality]) -> Iterator[Problem]:
    """Warn of effects whose quantiles chance alone would hardly show."""
    for effect in found:
        if effect.odd:
            numbers = {"p": p_words(effect.p_value), "skewness": Number(effect.skewness, 2, signed=True)}
            yield warning("diagnostics.not_normal", outcome=outcome, effect=effect.name, **numbers)


def site_problems(outcome: str, found: Influence | None) -> Iterator[Problem]:
    """Warn of sites on which the coefficients hang, and of those that they cannot do without."""
    if found is None:
        return
    for row in found.table.to_dict("records"):
        place = Place(site=str(row["left_out"]))
        if not row["possible"]:
            yield warning("diagnostics.site_not_spared", place, outcome=outcome)
        elif row["left_out"] in found.influential:
            numbers = {
                "distance": Number(row["cooks_distance"], 2),
                "cutoff": Number(found.cutoff, 2),
                "dfbetas": Number(row["dfbetas"], 2, signed=True),
            }
            term = str(row["term"])
            yield warning("diagnostics.influential_site", place, outcome=outcome, term=term, **numbers)


def resident_problems(outcome: str, found: Influence | None) -> Iterator[Problem]:
    """Warn of residents who each move a coefficient far; their ids stay unsaid."""
    if found is None or not found.influential:
        return
    rows = [row for row in found.table.to_dict("records") if row["left_out"] in found.influential]
    most = max(rows, key=lambda row: abs(row["dfbetas"]))
    numbers = {"size": Number(abs(most["dfbetas"]), 2), "cutoff": Number(found.cutoff, 1)}
    facts = {"count": len(rows), "term": str(most["term"]), **numbers}
    yield warning("diagnostics.influential_residents", outcome=outcome, **facts)


def end_problems(outcome: str, found: FloorCeiling | None) -> Iterator[Problem]:
    """Warn of waves in which many stand at an end of the scale."""
    if found is None:
        return
    for code, waves in (("floor", found.floors), ("ceiling", found.ceilings)):
        for wave, share in waves:
            facts = {"share": Percent(share), "most": Percent(TOO_MANY)}
            yield warning(f"diagnostics.{code}", Place(wave=wave), outcome=outcome, **facts)


def shape_problems(outcome: str, found: TimeShape | None) -> Iterator[Problem]:
    """Say that a line would not describe the waves."""
    if found is None or found.test is None or not found.bent:
        return
    test = found.test
    numbers = {"statistic": Number(test.statistic, 2), "rank": test.rank, "df": Number(test.df, 1)}
    yield note("diagnostics.not_a_line", outcome=outcome, p=p_words(test.p_value), **numbers)
