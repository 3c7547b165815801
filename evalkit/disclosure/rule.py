"""The smallest groups that a shared table may show, and how closely a hidden value may be known."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Literal

from pydantic import Field

from evalkit.disclosure.cell import Cell, Reason
from evalkit.yaml_files import Model

ALL_OR_NONE = (
    0.005  # shares are printed as whole percentages: closer than this to 0 or 1 they read as all or none
)
NARROWEST = 1e-6  # a range is never empty, even around a value of zero without known bounds


class DisclosureRule(Model):
    """Hold the smallest groups that a shared table may show.

    Parameters
    ----------
    min_respondents : least number of residents behind a figure, and least width, in people, of the range
        in which a reader can place a hidden count.
    min_organisations : least number of organisations behind a figure about partners.
    max_organisation_share : largest share of the respondents that one organisation may make up.
    protection : how closely a reader may place a hidden mean or share, to either side, as a part of its
        scale; of a value without known ends, as a part of the value.
    rounding : `public` shows counts as multiples of 5 and shares as whole percentages.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4: minimum frequency, dominance with n = 1, and
    the p % rule for the range of a hidden value.
    """

    min_respondents: Annotated[int, Field(ge=1)] = 10
    min_organisations: Annotated[int, Field(ge=1)] = 5
    max_organisation_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    protection: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    rounding: Literal["none", "public"] = "none"


def reason_to_hide(cell: Cell, rule: DisclosureRule) -> Reason | None:
    """Return why a cell may not be shown for its own sake; None when it may."""
    if cell.is_nobody:
        return None
    if cell.organisations is not None and cell.organisations < rule.min_organisations:
        return "few_organisations"
    if cell.largest_share is not None and cell.largest_share > rule.max_organisation_share:
        return "one_organisation"
    if cell.organisations is None and cell.respondents < rule.min_respondents:
        return "few_respondents"
    if cell.kind == "share" and not ALL_OR_NONE <= cell.value <= 1 - ALL_OR_NONE:
        return "all_or_none"
    return None


def width_to_protect(cell: Cell, rule: DisclosureRule) -> float:
    """Return how wide the range must be in which a reader can place a hidden value, in its own unit."""
    if cell.kind == "count":
        return float(rule.min_respondents if cell.organisations is None else rule.min_organisations)
    low, high = cell.known_bounds
    scale = high - low if isfinite(high - low) else abs(cell.value)
    return max(2 * rule.protection * scale, NARROWEST)
