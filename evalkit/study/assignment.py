"""How sites came into their arms."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from evalkit.study.site import SiteId
from evalkit.yaml_files import Model

How = Literal["randomised", "not_randomised"]
Attribute = Literal["city", "stratum"]


class Assignment(Model):
    """Hold how sites came into their arms: a word, or a word with the blocks within which arms were given.

    Parameters
    ----------
    how : `randomised` when arms were drawn by lot.
    strata : attribute of sites; arms were given within its values.
    pairs : sites two by two; one of each pair came into each arm.

    Examples
    --------
    >>> Assignment.model_validate("randomised").randomised
    True
    >>> Assignment.model_validate({"how": "randomised", "pairs": [["S1", "S2"]]}).pairs
    (('S1', 'S2'),)
    """

    how: How = "not_randomised"
    strata: Attribute | None = None
    pairs: tuple[tuple[SiteId, SiteId], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_a_word(cls, value: Any) -> Any:
        return {"how": value} if isinstance(value, str) else value

    @property
    def randomised(self) -> bool:
        """Return whether arms were drawn by lot."""
        return self.how == "randomised"
