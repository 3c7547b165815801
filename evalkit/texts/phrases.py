"""Sentences of commands, problems and reports: by key, with values, in any language."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from evalkit.texts.numbers import LOCALES, Day, Number, Percent, PValue
from evalkit.texts.text import Language, Text

PLURAL_BY = "count"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Hold the key of a sentence and the values that go into it.

    Parameters
    ----------
    key : dotted path: folders and file under `texts/<lang>/`, then keys, such as `report.answered`.
    values : what fills the placeholders; numbers are written as the language writes them. A phrase
        with plural forms chooses by the value named `count`.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def say(self, lang: Language) -> str:
        """Return the sentence in `lang`; KeyError when the key is unknown."""
        sentence = sentences(lang)[self.key]
        if isinstance(sentence, Mapping):
            sentence = sentence[_plural_form(int(self.values[PLURAL_BY]), lang)]
        written = {name: say(value, lang) for name, value in self.values.items()}
        return str(sentence).format_map(written)


def phrase(key: str, **values: Any) -> Phrase:
    """Return the phrase of `key` with `values`.

    Examples
    --------
    >>> phrase("words.list_and", first="a", last="b").say("en")
    'a and b'
    """
    return Phrase(key, values)


def say(value: Any, lang: Language) -> str:
    """Return `value` in words of `lang`: phrases and texts are looked up, numbers and dates written.

    Examples
    --------
    >>> say(1234, "en"), say(Percent(0.5), "en")
    ('1,234', '50%')
    """
    if isinstance(value, Phrase | Text | Number | PValue | Percent | Day):
        return value.say(lang)
    if isinstance(value, date):
        return Day(value).say(lang)
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return Number(value, digits=0).say(lang)
    if isinstance(value, float):
        return Number(value).say(lang)
    return str(value)


@lru_cache
def sentences(lang: Language) -> Mapping[str, str | Mapping[str, str]]:
    """Return every sentence of `lang` by dotted key, read once from the YAML files of the language."""
    from ruamel.yaml import YAML

    found: dict[str, str | Mapping[str, str]] = {}

    def walk(folder: Any, prefix: str) -> None:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                walk(entry, f"{prefix}{entry.name}.")
            elif entry.name.endswith(".yaml"):
                tree = YAML(typ="safe").load(entry.read_text(encoding="utf-8")) or {}
                _flatten(tree, f"{prefix}{entry.name.removesuffix('.yaml')}.", found)

    walk(resources.files("evalkit.texts") / lang, "")
    return found


def placeholders(sentence: str | Mapping[str, str]) -> frozenset[str]:
    """Return the names of the placeholders of a sentence, over all its plural forms.

    Examples
    --------
    >>> sorted(placeholders("{first} and {last}"))
    ['first', 'last']
    """
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return frozenset(name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name)


def _flatten(tree: Mapping[str, Any], prefix: str, found: dict[str, str | Mapping[str, str]]) -> None:
    for key, value in tree.items():
        if isinstance(value, Mapping) and not set(value) <= {"one", "many", "other"}:
            _flatten(value, f"{prefix}{key}.", found)
        else:
            found[f"{prefix}{key}"] = value


def _plural_form(count: int, lang: Language) -> str:
    from babel import Locale

    form = Locale.parse(LOCALES[lang]).plural_form(count)
    return "one" if form == "one" else "other"
