"""What a shared table may show."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalkit.yaml_files import Model


class DisclosureRule(Model):
    """Hold the smallest groups that a shared table may show.

    Parameters
    ----------
    min_respondents : least number of residents behind a figure.
    min_organisations : least number of organisations behind a figure about partners.
    max_organisation_share : largest share of the respondents that one organisation may make up.
    """

    min_respondents: Annotated[int, Field(ge=1)] = 10
    min_organisations: Annotated[int, Field(ge=1)] = 5
    max_organisation_share: Annotated[float, Field(gt=0, le=1)] = 0.5
