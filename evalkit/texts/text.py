"""A phrase in every language of a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import ConfigDict, RootModel

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Text(RootModel[dict[Language, str]]):
    """Hold one phrase in each language in which it was written.

    Examples
    --------
    >>> Text({"fr": "Cohésion sociale", "en": "Social cohesion"}).say("en")
    'Social cohesion'
    """

    model_config = ConfigDict(frozen=True)

    def say(self, lang: Language) -> str:
        """Return the phrase in `lang`, or in the first language that it has."""
        return self.root.get(lang) or next(iter(self.root.values()), "")

    def missing(self, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        """Return the languages of `languages` in which the phrase is absent or blank."""
        return tuple(lang for lang in languages if not self.root.get(lang, "").strip())

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))


def text_of(values: Mapping[Language, str] | str) -> Text:
    """Return a `Text` from a mapping, or the same words in every language.

    Examples
    --------
    >>> text_of("S1").say("fr")
    'S1'
    """
    if isinstance(values, str):
        return Text(dict.fromkeys(LANGUAGES, values))
    return Text(dict(values))
