"""Residents drawn one by one, of whom one arm meets in groups: how many the other arm needs."""

from __future__ import annotations

from evalkit.power.noncentral_t import normal_noncentrality


def controls_beside_groups(
    groups: float,
    residents: float,
    difference: float,
    *,
    group_variance: float,
    within_variance: float,
    control_variance: float,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Return how many residents the arm without groups needs.

    Parameters
    ----------
    groups, residents : number of groups in the other arm, and residents of each.
    difference : of the arms, units of the outcome.
    group_variance, within_variance : between groups, and between residents of a group.
    control_variance : between residents of the arm without groups.
    power, alpha : of a two-sided z test.

    Returns
    -------
    Residents, not rounded.

    Raises
    ------
    ValueError : when no number of residents is enough, since the groups alone are too few.

    References
    ----------
    Moerbeek & Wong 2008, Statistics in Medicine 27:2850.

    Examples
    --------
    >>> variances = {"group_variance": 0.1, "within_variance": 0.9, "control_variance": 1.0}
    >>> round(controls_beside_groups(10, 10, 0.5, **variances), 3)
    77.811
    """
    allowed = (difference / normal_noncentrality(power, alpha=alpha)) ** 2
    left = allowed - (group_variance + within_variance / residents) / groups
    if not left > 0:
        raise ValueError("the groups alone are too few: no number of residents beside them is enough")
    return control_variance / left
