"""The first stage of all contrasts of a model, from one set of means."""

from __future__ import annotations

from collections.abc import Callable

from evalkit.models.category_means import category_means
from evalkit.models.fit import Fit
from evalkit.models.inference.site_numbers import SiteNumbers, numbers_of_sites
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans, site_means
from evalkit.models.spec import ModelSpec
from evalkit.study.study import Study

NumbersOf = Callable[[SiteContrast], SiteNumbers]


def first_stage(spec: ModelSpec, study: Study, fitted: Fit | None = None) -> NumbersOf:
    """Return what gives a contrast's number of each site, in the order of the study.

    Means by site and wave are estimated once, whatever the number of contrasts: by restricted likelihood, and
    for categories fitted by engine `ordinal` from the model's probabilities.
    """
    here, waves = sites_of(spec, study), spec.levels["wave"]
    means = means_of(spec, study, fitted)
    return lambda contrast: numbers_of_sites(
        spec.answers, spec.outcome, contrast, here, waves=waves, means=means
    )


def means_of(spec: ModelSpec, study: Study, fitted: Fit | None) -> SiteMeans:
    """Return the means by site and wave that a model's contrasts rest on."""
    here, waves = sites_of(spec, study), spec.levels["wave"]
    if fitted is not None and fitted.engine == "ordinal":
        found = category_means(spec, fitted, here, waves)
        if found is not None:
            return found
    return site_means(spec.answers, spec.outcome, sites=here, waves=waves)


def sites_of(spec: ModelSpec, study: Study) -> tuple[str, ...]:
    """Return the sites of a model, in the order of the study."""
    return tuple(site.id for site in study.sites if site.id in spec.levels["site"])
