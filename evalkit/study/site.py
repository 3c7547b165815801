"""A place where residents live and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from evalkit.texts.text import Text
from evalkit.yaml_files import Model

SiteId = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) else value),
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$"),
]


class Site(Model):
    """Hold one site.

    Parameters
    ----------
    arm : group of the design, such as `intervention` or `comparison`; None in a study of one group.
    started : first day of the intervention at the site; None when it never started.
    households : households that live there, the base of response rates.
    stratum : block of sites within which arms were given, when `assignment` says `strata: stratum`.
    """

    id: SiteId
    name: Text
    city: str | None = None
    arm: str | None = None
    started: date | None = None
    households: Annotated[int, Field(gt=0)] | None = None
    stratum: str | None = None
