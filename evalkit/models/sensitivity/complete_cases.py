"""Only residents who answered in every wave that a contrast rests on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evalkit.models.inference.first_stage import sites_of
from evalkit.models.inference.site_numbers import SiteNumbers, numbers_of_sites
from evalkit.models.reestimating import from_numbers
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import site_means
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.complete_cases"


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Estimate every contrast from those who answered in all of its waves, at one site.

    Right when leaving depends on nothing that the outcome depends on (missing completely at random); where
    it differs much from the main result, leaving did depend on earlier answers.
    """
    rows, waves, sites = main.spec.answers, main.spec.levels["wave"], sites_of(main.spec, main.study)
    means = site_means(rows, main.outcome, sites=sites, waves=waves)

    def numbers_of(contrast: SiteContrast) -> SiteNumbers:
        weights = np.nan_to_num(contrast.weigh(means))
        used = [wave for wave, weight in zip(waves, weights.T, strict=True) if weight.any()]
        kept = answered_in_all(rows, used)
        return numbers_of_sites(kept, main.outcome, contrast, sites, waves=used)

    found = from_numbers(numbers_of, main.spec.contrasts, main)
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name"), found, phrase(f"{WORDS}.row")),)


def answered_in_all(rows: pd.DataFrame, waves: Sequence[str]) -> pd.DataFrame:
    """Return the rows of some waves, of those who have a row in each of them at one site.

    Examples
    --------
    >>> rows = pd.DataFrame({"respondent": list("aab"), "site": "S1", "wave": ["w1", "w2", "w1"]})
    >>> answered_in_all(rows, ["w1", "w2"])["respondent"].tolist()
    ['a', 'a']
    """
    here = rows[rows["wave"].astype(str).isin(list(waves))]
    together = here.groupby(["respondent", "site"], observed=True)["wave"].transform("nunique")
    return here[together == len(waves)]


SENSITIVITY = Sensitivity(run)
