"""What every test of a contrast between sites gives."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.problems import Problem

ROUNDING = 1e-9  # 1 - 0.9 is a little under 0.1


@dataclass(frozen=True, kw_only=True)
class SiteTest:
    """Hold the estimate, interval and test of a contrast between sites, by one method.

    Parameters
    ----------
    method : key of the method's words, such as `two_stage`, `kenward_roger`, `cr2`, `t_test`,
        `permutation` or `wild_bootstrap`.
    estimate : in units of the outcome; None when the sites do not give one.
    std_error, df, statistic : None where the method has none.
    p_value : two-sided; None when it is withheld.
    conf_low, conf_high : None when withheld, or when the method cannot reach the level.
    smallest_p : the least p-value that the method can give with these sites; 0 when any can come out.
    n_sites : sites that the estimate rests on.
    problems : what was left out or withheld, and why.

    Examples
    --------
    >>> three_against_three = SiteTest(method="permutation", estimate=4.0, std_error=None, df=None,
    ...     statistic=2.5, p_value=0.1, conf_low=None, conf_high=None, smallest_p=0.1, n_sites=6)
    >>> three_against_three.reaches(0.05)
    False
    """

    method: str
    estimate: float | None
    std_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    conf_low: float | None
    conf_high: float | None
    smallest_p: float = 0.0
    n_sites: int
    problems: tuple[Problem, ...] = ()

    def reaches(self, alpha: float) -> bool:
        """Return whether the method gives a p-value and that p-value could have been `alpha` or less."""
        return self.p_value is not None and self.smallest_p <= alpha + ROUNDING
