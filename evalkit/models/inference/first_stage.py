"""The first stage of all contrasts of a model, from one set of means."""

from __future__ import annotations

from collections.abc import Callable

from evalkit.models.inference.site_numbers import SiteNumbers, numbers_of_sites
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import site_means
from evalkit.models.spec import ModelSpec
from evalkit.study.study import Study

NumbersOf = Callable[[SiteContrast], SiteNumbers]


def first_stage(spec: ModelSpec, study: Study) -> NumbersOf:
    """Return what gives a contrast's number of each site, in the order of the study.

    Means by site and wave are estimated once, whatever the number of contrasts.
    """
    here, waves = sites_of(spec, study), spec.levels["wave"]
    means = site_means(spec.answers, spec.outcome, sites=here, waves=waves)
    return lambda contrast: numbers_of_sites(
        spec.answers, spec.outcome, contrast, here, waves=waves, means=means
    )


def sites_of(spec: ModelSpec, study: Study) -> tuple[str, ...]:
    """Return the sites of a model, in the order of the study."""
    return tuple(site.id for site in study.sites if site.id in spec.levels["site"])
