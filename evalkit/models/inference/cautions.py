"""What must be known before a contrast between sites is believed: one rule a function, with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from evalkit.models.inference.beside import Beside
from evalkit.models.inference.site_changes import SiteChange
from evalkit.models.inference.site_numbers import SiteNumbers
from evalkit.models.inference.two_stage import second_stage
from evalkit.models.site_contrast import SiteContrast
from evalkit.problems import Problem, note, warning
from evalkit.texts.numbers import Number

FEW_SITES = 4  # in an arm: below, a permutation of a balanced design cannot reach .05
FEW_DF = 3.95  # below four, as printed: where the test of Bell and McCaffrey is not to be trusted
UNEVEN = 2.0  # times as many sites in one arm as in the other
SIZES_APART = 4.0  # times the sampling variance of the surest site
SPARE_SITES = 4  # sites that site covariates must leave
WANTED = 4  # sites in each arm of the design that a refusal describes


@dataclass(frozen=True)
class Case:
    """Hold all that the rules look at."""

    outcome: str
    contrast: SiteContrast
    numbers: SiteNumbers
    change: SiteChange
    beside: Beside

    @property
    def in_arms(self) -> tuple[int, ...]:
        """Return how many sites each arm has."""
        return tuple(int(self.numbers.in_arm(arm).sum()) for arm in self.contrast.arms)


def cautions(case: Case) -> tuple[Problem, ...]:
    """Return what is refused and what is warned of, with reasons and numbers.

    References
    ----------
    Leyrat et al. 2018, International Journal of Epidemiology 47:321; MacKinnon & Webb 2017, Journal of
    Applied Econometrics 32:233 (few treated clusters); Pustejovsky & Tipton 2018, Journal of Business &
    Economic Statistics 36:672 (degrees of freedom below four).
    """
    return tuple(problem for rule in RULES for problem in rule(case))


def _one_group(case: Case) -> Iterator[Problem]:
    if not case.contrast.arms and not case.contrast.compares and case.change.std_error is not None:
        yield note("caution.change_not_effect", outcome=case.outcome)


def _one_site_in_an_arm(case: Case) -> Iterator[Problem]:
    if len(case.contrast.arms) == 2 and min(case.in_arms) == 1:
        half = _expected_half_width(case)
        if half is not None:
            yield note("caution.design_needed", outcome=case.outcome, sites=WANTED, half=Number(half, 1))


def _few_sites(case: Case) -> Iterator[Problem]:
    if len(case.contrast.arms) < 2 or case.change.conf_high is None or case.change.conf_low is None:
        return
    if 2 <= min(case.in_arms) < FEW_SITES:
        least = [t.smallest_p for t in case.beside.others if t.method in ("permutation", "randomisation")]
        half = (case.change.conf_high - case.change.conf_low) / 2
        yield warning(
            "caution.few_sites",
            outcome=case.outcome,
            sites=min(case.in_arms),
            smallest=Number(max(least, default=0.0), 3),
            half=Number(half, 1),
        )


def _few_degrees_of_freedom(case: Case) -> Iterator[Problem]:
    for test in case.beside.others if len(case.contrast.arms) == 2 else ():
        if test.method == "cr2_mixed" and test.df is not None and test.df < FEW_DF:
            yield note("caution.few_degrees_of_freedom", outcome=case.outcome, df=Number(test.df, 1))


def _unbalanced(case: Case) -> Iterator[Problem]:
    if len(case.in_arms) == 2 and min(case.in_arms) >= 2 and max(case.in_arms) >= UNEVEN * min(case.in_arms):
        few, many = min(case.in_arms), max(case.in_arms)
        yield warning("caution.unbalanced_arms", outcome=case.outcome, few=few, many=many)


def _sites_unequal(case: Case) -> Iterator[Problem]:
    v = case.numbers.variances
    if len(v) > 1 and v.min() > 0 and v.max() > SIZES_APART * v.min():
        ratio = Number(float(v.max() / v.min()), 1)
        yield note("caution.sites_unequal", outcome=case.outcome, ratio=ratio)


def _many_covariates(case: Case) -> Iterator[Problem]:
    number, sites = len(case.contrast.covariates), len(case.numbers.table)
    if number and number > sites - SPARE_SITES:
        yield warning("caution.many_covariates", outcome=case.outcome, covariates=number, sites=sites)


def _expected_half_width(case: Case) -> float | None:
    """Return half the width of an interval with `WANTED` sites in each arm like those of the larger arm."""
    from scipy.stats import t

    larger = case.contrast.arms[int(np.argmax(case.in_arms))]
    inside = case.numbers.in_arm(larger)
    changes, variances = case.numbers.changes[inside], case.numbers.variances[inside]
    if len(changes) < 2:
        return None
    tau2 = float(second_stage(changes, variances, np.ones((len(changes), 1))).tau2[0])
    variance = 2 * (tau2 + float(variances.mean())) / WANTED
    return float(t.ppf((1 + case.change.level) / 2, 2 * WANTED - 2) * np.sqrt(variance))


RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _one_group,
    _one_site_in_an_arm,
    _few_sites,
    _few_degrees_of_freedom,
    _unbalanced,
    _sites_unequal,
    _many_covariates,
)
