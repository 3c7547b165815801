"""The main result without each site in turn."""

from __future__ import annotations

from dataclasses import replace

from evalkit.models.reestimating import respondents_of
from evalkit.models.study_fits import WaveChange
from evalkit.models.variation import MainResult, Reestimate, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.without_each_site"


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Give the tests without a site that stand beside each contrast, site by site."""
    known = [
        change
        for change in main.found.changes
        if change.beside.without is not None and len(change.beside.without.without) > 1
    ]
    sites = [site.id for site in main.study.sites]
    variants = (_variant(site, known) for site in sites)
    found = tuple(variant for variant in variants if variant.found)
    return found or phrase(f"{WORDS}.absent")


def _variant(site: str, changes: list[WaveChange]) -> Variant:
    found = tuple(one for change in changes if (one := _without(site, change)) is not None)
    return Variant(phrase(f"{WORDS}.name", site=site), found, phrase(f"{WORDS}.row"), site)


def _without(site: str, change: WaveChange) -> Reestimate | None:
    """Return a contrast without a site; who knows both results knows the site, so its people count too."""
    assert change.beside.without is not None, "asked of contrasts that have it"
    test = change.beside.without.without.get(site)
    if test is None or test.estimate is None:
        return None
    own = change.found.sites["site"] == site
    people = min(respondents_of(change.found.sites[part]) for part in (own, ~own))
    return Reestimate(change.contrast, replace(test, problems=()), people)


SENSITIVITY = Sensitivity(run)
