"""Words as people compare them: typographic marks and spaces do not make two texts different."""

from __future__ import annotations

import re

from evalkit.responses.matching.cell_reading import plain_words

_APOSTROPHES = str.maketrans({"‘": "'", "ʼ": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‑": "-"})
_TAGS = re.compile(r"<[^<>]+>")
# French sets a space before these marks, which platforms and people keep or not.
_BEFORE = re.compile(r"\s+([?!:;»%])")
_AFTER = re.compile(r"(«)\s+")


def loose_words(text: str) -> str:
    """Return words without differences of case, markup, spaces, apostrophes or dashes.

    Examples
    --------
    >>> loose_words("<b>Aujourd’hui</b>, ça va\u00a0?") == loose_words("aujourd'hui, ça va?")
    True
    """
    plain = plain_words(_TAGS.sub(" ", text).translate(_APOSTROPHES))
    return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", plain)).replace(" ,", ",")
