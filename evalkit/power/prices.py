"""What a design costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalkit.yaml_files import Model

Price = Annotated[float, Field(ge=0)]


class Prices(Model):
    """Hold prices, in one currency.

    Parameters
    ----------
    currency : its code, such as CAD.
    fixed : of the whole study.
    per_site : once for each site.
    per_site_year : for each site and year.
    per_wave : for each wave.
    per_answer : for each questionnaire answered.
    """

    currency: str = "CAD"
    fixed: Price = 0.0
    per_site: Price = 0.0
    per_site_year: Price = 0.0
    per_wave: Price = 0.0
    per_answer: Price = 0.0
