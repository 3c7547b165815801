"""What a platform may write for the answers of an item: codes in its spelling, and labels in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from evalkit.instruments.instrument import Instrument, Item, Option
from evalkit.responses.exports.platform import Platform
from evalkit.responses.exports.words import loose_words
from evalkit.responses.matching.cell_reading import plain_code

_PARTED = re.compile(r"[\s,;|]+")
_JOINT = re.compile(r"\s*[;,|]?\s*")
Choice = tuple[int, ...]


@dataclass(frozen=True)
class Readings:
    """Hold what a cell says when it is read as codes, and when it is read as labels; empty: nothing."""

    as_codes: Choice = ()
    as_labels: frozenset[Choice] = frozenset()


@dataclass(frozen=True)
class AnswerWords:
    """Hold the ways to write the answers of one item.

    Parameters
    ----------
    codes : our code by the platform's spelling.
    labels : our codes by label in loose words: several where a label means several answers.
    several : whether a cell may hold several answers.
    """

    codes: Mapping[str, int]
    labels: Mapping[str, frozenset[int]]
    several: bool

    def codes_of(self, word: str) -> frozenset[int]:
        """Return the codes that one answer may mean: by its spelling or, failing that, by its label."""
        code = self.codes.get(word)
        return self.labels.get(loose_words(word), frozenset()) if code is None else frozenset([code])

    def read(self, cell: str) -> Readings:
        """Return what a cell says, both ways."""
        parts = [p for p in _PARTED.split(cell) if p] if self.several else [cell]
        codes = [self.codes.get(plain_code(part)) for part in parts]
        known = tuple(code for code in codes if code is not None)
        as_codes = known if len(known) == len(parts) else ()
        plain = loose_words(cell)
        if self.several:
            return Readings(_sorted(as_codes), segmented(plain, self.labels))
        return Readings(as_codes, frozenset((code,) for code in self.labels.get(plain, ())))


def words_of(form: Instrument, item: Item, platform: Platform) -> AnswerWords:
    """Return the ways to write the answers of an item that has options.

    A label of an absent answer that is not offered here means nothing when an answer has the same label.
    """
    offered = [option for option in form.absent_options if option.kind in item.absent]
    others = [option for option in form.absent_options if option.kind not in item.absent]
    answers = form.options_of(item)
    codes: dict[str, int] = {}
    for option in (*others, *offered, *answers):
        for spelling in platform.codes(form, item, option.value):
            codes[spelling] = option.value
    labels = {**_labels(tuple(others)), **_labels((*answers, *offered))}
    return AnswerWords(codes, labels, item.type == "multiple")


def segmented(text: str, labels: Mapping[str, frozenset[int]], most: int = 16) -> frozenset[Choice]:
    """Return the sets of answers that a text of joined labels can mean, at most `most` of them.

    Labels may hold the very marks that join them: every way to part the text is tried.

    Examples
    --------
    >>> labels = {"food, drink": frozenset([1]), "food": frozenset([2]), "drink": frozenset([3])}
    >>> sorted(segmented("food, drink", labels)), segmented("food; rest", labels)
    ([(1,), (2, 3)], frozenset())
    """

    # From the end of the text, so that a long one needs no deep recursion.
    rest: list[frozenset[Choice]] = [frozenset()] * len(text) + [frozenset([()])]
    for start in range(len(text) - 1, -1, -1):
        found: set[Choice] = set()
        for label, codes in labels.items():
            if text.startswith(label, start):
                end = start + len(label)
                tails = frozenset[Choice]().union(*(rest[place] for place in _after(text, end)))
                found |= {_sorted((code, *tail)) for code, tail in product(codes, tails)}
        rest[start] = frozenset(sorted(found)[:most])
    return rest[0] if text else frozenset()


def _after(text: str, end: int) -> range:
    """Return where the next label may start: a mark that could join may as well begin it."""
    if end == len(text):
        return range(end, end + 1)
    joint = _JOINT.match(text, end)
    return range(end + 1, joint.end() + 1 if joint else end)


def _labels(options: tuple[Option, ...]) -> dict[str, frozenset[int]]:
    labels: dict[str, frozenset[int]] = {}
    for option in options:
        for label in {loose_words(label) for label in option.label.root.values()} - {""}:
            labels[label] = labels.get(label, frozenset()) | {option.value}
    return labels


def _sorted(codes: Choice) -> Choice:
    return tuple(sorted(set(codes)))
