"""Design effects of cluster trials: how many times more residents than if each were drawn alone."""

from __future__ import annotations


def parallel_design_effect(residents: float, icc: float, *, cv: float = 0.0) -> float:
    """Return the design effect of one wave at sites of unequal size, each weighed as its size deserves.

    Parameters
    ----------
    residents : mean number of residents a site.
    icc : share of the variance that lies between sites.
    cv : coefficient of variation of the number of residents, over sites.

    Returns
    -------
    Design effect. Unequal sizes divide the efficiency, and so divide here: multiplying, as one package
    does with a vector of sizes, gives too much power.

    Raises
    ------
    ValueError : an ICC outside 0 to 1, or no residents.

    References
    ----------
    van Breukelen, Candel & Berger 2007, Statistics in Medicine 26:2589; Eldridge, Ashby & Kerry 2006,
    International Journal of Epidemiology 35:1292.

    Examples
    --------
    >>> round(parallel_design_effect(10, 0.1), 4), round(parallel_design_effect(100, 0.1, cv=0.5), 4)
    (1.9, 11.1104)
    """
    _check(residents, icc)
    effect = 1 + (residents - 1) * icc
    lasting = residents * icc / effect
    return effect / (1 - cv**2 * lasting * (1 - lasting))


def wave_correlation(residents: float, icc: float, *, cac: float = 1.0, iac: float = 0.0) -> float:
    """Return the correlation of one site's means in two waves.

    Parameters
    ----------
    residents : of a site in a wave.
    icc : share of the variance that lies between sites, in one wave.
    cac : cluster autocorrelation, share of the variance between sites that stays from wave to wave.
    iac : individual autocorrelation, share of the variance within sites that stays with a resident; zero
        when each wave has other residents.

    Raises
    ------
    ValueError : correlations outside 0 to 1, or no residents.

    References
    ----------
    Hooper, Teerenstra, de Hoop & Eldridge 2016, Statistics in Medicine 35:4718.

    Examples
    --------
    >>> round(wave_correlation(60, 0.02, cac=0.8, iac=0.5), 4)
    0.6651
    """
    _check(residents, icc, cac, iac)
    return (residents * icc * cac + (1 - icc) * iac) / (1 + (residents - 1) * icc)


def change_design_effect(residents: float, icc: float, *, cac: float = 1.0, iac: float = 0.0) -> float:
    """Return the design effect of a difference in change between two waves.

    Parameters and errors are those of `wave_correlation`.

    References
    ----------
    Hooper et al. 2016, Statistics in Medicine 35:4718; Teerenstra et al. 2012, ibid. 31:2169.

    Examples
    --------
    >>> round(change_design_effect(100, 0.05, cac=0.5, iac=0.7), 3)
    5.57
    """
    correlation = wave_correlation(residents, icc, cac=cac, iac=iac)
    return parallel_design_effect(residents, icc) * 2 * (1 - correlation)


def ancova_design_effect(residents: float, icc: float, *, cac: float = 1.0, iac: float = 0.0) -> float:
    """Return the design effect of the second of two waves, adjusted for the first one's site means.

    Parameters and errors are those of `wave_correlation`.

    References
    ----------
    Teerenstra et al. 2012, Statistics in Medicine 31:2169.

    Examples
    --------
    >>> round(ancova_design_effect(100, 0.05, cac=0.5, iac=0.7), 3)
    4.266
    """
    correlation = wave_correlation(residents, icc, cac=cac, iac=iac)
    return parallel_design_effect(residents, icc) * (1 - correlation**2)


def stepped_design_effect(
    residents: float, icc: float, steps: int, *, cac: float = 1.0, iac: float = 0.0
) -> float:
    """Return the design effect of a stepped start: as many sites begin at each of the steps.

    Parameters
    ----------
    residents : of a site in a wave.
    steps : number of steps, one less than the waves.
    icc, cac, iac : as for `wave_correlation`.

    Returns
    -------
    Design effect for the residents of one wave of all sites.

    Raises
    ------
    ValueError : fewer than two steps, or what `wave_correlation` refuses.

    References
    ----------
    Hooper, Teerenstra, de Hoop & Eldridge 2016, Statistics in Medicine 35:4718.

    Examples
    --------
    >>> round(stepped_design_effect(50, 0.2, 5, cac=0.8), 4)
    1.4432
    """
    if steps < 2:
        raise ValueError("a stepped start has two steps at least")
    r = wave_correlation(residents, icc, cac=cac, iac=iac)
    stepping = 3 * steps * (1 - r) * (1 + steps * r) / ((steps**2 - 1) * (2 + steps * r))
    return parallel_design_effect(residents, icc) * stepping


def _check(residents: float, *shares: float) -> None:
    if not residents > 0 or not all(0 <= share <= 1 for share in shares):
        raise ValueError("a site has residents, and its correlations lie between 0 and 1")
