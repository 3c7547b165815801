"""Words in a row: commas, and `and` before the last."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text


def listed(words: Sequence[Text | Phrase]) -> Text | Phrase:
    """Return words as a list inside a sentence.

    Parameters
    ----------
    words : one at least.

    Examples
    --------
    >>> listed([phrase("words.list_and", first=a, last=b) for a, b in ("ab", "cd", "ef")]).say("en")
    'a and b, c and d and e and f'
    """
    *others, last = words
    if not others:
        return last
    first: Text | Phrase = others[0]
    for word in others[1:]:
        first = phrase("words.list_more", first=first, last=word)
    return phrase("words.list_and", first=first, last=last)
