"""Whether predicted random effects look normal: quantiles beside those of outcomes drawn from the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.effects import random_effects, scaled_effects
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.redrawing import affordable, redrawn_fits
from evalkit.models.diagnostics.fitted_model import FittedModel
from evalkit.models.fit import INTERCEPT
from evalkit.texts.phrases import Phrase, phrase

COLUMNS = ("normal", "effect", "low", "high", "residents")
MOST_POINTS = 200
SIMULATIONS = 199
ENVELOPE = (0.025, 0.975)
ALPHA = 0.05
# A conditional variance this near to the whole one leaves an effect that is not told from zero.
TOLD = 1e-6
FEWEST_EFFECTS = 4


@dataclass(frozen=True)
class EffectNormality:
    """Hold the normal quantiles of one random effect.

    Parameters
    ----------
    group, term : such as `respondent` and `(Intercept)`.
    points : `COLUMNS`: normal quantile; standardised effects in their order, each point the mean of
        neighbours with enough respondents together; envelope of 95 % of the simulations, point by point.
    p_value : of the largest distance from the simulations' mean, in their standard deviations.
    skewness : of the standardised effects, above zero for a long tail of high ones.
    levels, hidden : how many effects are shown, and how many rest on too few respondents.
    simulations : outcomes drawn.
    """

    group: str
    term: str
    points: pd.DataFrame
    p_value: float
    skewness: float
    levels: int
    hidden: int
    simulations: int

    @property
    def name(self) -> Phrase:
        """Return what pages call the effect, such as `levels of residents`."""
        if self.term == INTERCEPT:
            return phrase(f"diagnostics.effects.{self.group}_level")
        return phrase(f"diagnostics.effects.{self.group}_slope", term=self.term)

    @property
    def odd(self) -> bool:
        """Return whether chance alone would hardly show such quantiles."""
        return self.p_value < ALPHA


@dataclass(frozen=True)
class _Chosen:
    """Hold which effects are compared: of a factor, a term; the levels kept, their spread and respondents."""

    factor: int
    term: int
    levels: IntArray
    spread: Array
    people: IntArray


def effect_normality(
    model: FittedModel, rng: np.random.Generator, *, simulations: int = SIMULATIONS
) -> tuple[EffectNormality, ...]:
    """Compare the effects of respondents and sites with normal ones.

    An effect is divided by the standard deviation that its prediction has in the model (Lange & Ryan), so
    that those who answered once and those who answered always can stand in one picture; then the whole is
    brought to mean 0 and standard deviation 1, so that the comparison is of shape alone. Outcomes drawn
    from the model go the same way, at its covariances.

    Parameters
    ----------
    rng : source of chance.
    simulations : outcomes drawn; fewer where a fit rests on very many rows.

    Returns
    -------
    One a random effect of `respondent` and `site`; without effects of zero variance, and without those of
    fewer than `FEWEST_EFFECTS` groups that may be shown.

    References
    ----------
    Lange & Ryan 1989, Annals of Statistics 17:624; Atkinson 1985, Plots, Transformations and Regression,
    ch. 4, for the envelope. Besag & Diggle 1977, Applied Statistics 26:327, for the p-value.
    """
    chosen = _chosen(model)
    if not chosen:
        return ()
    number = affordable(model.mixed, simulations)
    seen = [_points(_scaled(model.mixed, one), one, model.least) for one in chosen]
    drawn = [
        [_points(_scaled(again, one), one, model.least) for one in chosen]
        for again in redrawn_fits(model.mixed, number, rng)
    ]
    return tuple(
        _compared(model, one, seen[k], np.array([draw[k] for draw in drawn])) for k, one in enumerate(chosen)
    )


def _chosen(model: FittedModel) -> list[_Chosen]:
    found = []
    effects = {one.name: one for one in random_effects(model.mixed)}
    for k, factor in enumerate(model.mixed.prepared.factors):
        role = _role(model, factor.codes)
        if role is None:
            continue
        people = _people(model, factor.codes, factor.levels)
        enough = np.ones(factor.levels, bool) if role == "respondent" else people >= model.least
        for term in range(factor.size):
            whole = model.mixed.covariances[k][term, term]
            known = whole - effects[factor.name].variances[:, term, term]
            kept = (
                np.flatnonzero(enough & (known > TOLD * whole)) if whole > 0 else np.empty(0, dtype=np.intp)
            )
            if len(kept) >= FEWEST_EFFECTS and (role != "respondent" or len(kept) >= 2 * model.least):
                found.append(_Chosen(k, term, kept, np.sqrt(known[kept]), people[kept]))
    return found


def _role(model: FittedModel, codes: IntArray) -> str | None:
    """Return whether a grouping is that of respondents or of sites."""
    for role in ("respondent", "site"):
        if model.has(role):
            own, labels = model.codes(role)
            levels = int(codes.max()) + 1
            if levels == len(labels) and len(np.unique(codes * len(labels) + own)) == levels:
                return role
    return None


def _people(model: FittedModel, codes: IntArray, levels: int) -> IntArray:
    pairs = pd.DataFrame({"level": codes, "who": model.rows["respondent"]}).drop_duplicates()
    return np.bincount(pairs["level"], minlength=levels)


def _scaled(fit: MixedFit, one: _Chosen) -> Array:
    """Return the standardised effects, (levels,), with mean 0 and standard deviation 1."""
    factor = fit.prepared.factors[one.factor]
    values = scaled_effects(fit, variances=False).values[one.factor] @ factor.scaling.T * fit.scale
    own = values[one.levels, one.term] / one.spread
    return np.asarray((own - own.mean()) / own.std(ddof=1))


def _points(values: Array, one: _Chosen, least: int) -> Array:
    """Return means of neighbours in rising order, one a point."""
    return np.array([part.mean() for part in np.split(np.sort(values), _cuts(one, least))])


def _cuts(one: _Chosen, least: int) -> IntArray:
    """Return where the order is cut: a point holds enough respondents, and there are not too many points."""
    levels = len(one.levels)
    alone = bool(one.people.min() >= least)
    points = min(MOST_POINTS, levels if alone else levels // least)
    return np.linspace(0, levels, points + 1).round().astype(np.intp)[1:-1]


def _compared(
    model: FittedModel, one: _Chosen, seen: Array, drawn: npt.NDArray[np.float64]
) -> EffectNormality:
    factor = model.mixed.prepared.factors[one.factor]
    centre, spread = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    distance = np.abs(seen - centre) / spread
    beyond = (np.abs(drawn - centre) / spread).max(axis=1) >= distance.max()
    low, high = np.quantile(drawn, ENVELOPE, axis=0)
    values = _scaled(model.mixed, one)
    places = stats.norm.ppf((np.arange(len(values)) + 0.5) / len(values))
    cuts = _cuts(one, model.least)
    normal = [part.mean() for part in np.split(places, cuts)]
    people = [part.sum() for part in np.split(one.people[np.argsort(values)], cuts)]
    points = pd.DataFrame(dict(zip(COLUMNS, (normal, seen, low, high, people), strict=True)))
    return EffectNormality(
        str(_role(model, factor.codes)),
        factor.effects[one.term],
        points,
        float((1 + beyond.sum()) / (len(drawn) + 1)),
        float(stats.skew(values)),
        len(values),
        factor.levels - len(values),
        len(drawn),
    )
