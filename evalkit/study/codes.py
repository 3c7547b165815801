"""Pseudonymous codes with a check character, such as `R-7K3MQ-7`.

A code has the letter of its population, five random characters and a check character by ISO 7064 MOD 37-2,
which finds every single wrong character and every swap of two characters. No letter of a code can be
misread: I, L, O and U do not occur, and codes whose check character would be one of them, or `*`, are not
made.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 5
_MODULUS, _RADIX = 37, 2
# Value of a character in ISO 7064: digits, then all letters.
_VALUE = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_CHARACTER = {value: c for c, value in _VALUE.items() if c in ALPHABET}
_FORM = re.compile(rf"[A-Z][{ALPHABET}]{{{RANDOM_CHARACTERS + 1}}}")
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GAPS = re.compile(r"[\s\-\u2010-\u2015_]+")


def population_letter(population: str) -> str:
    """Return the letter that starts the codes of a population: its first one that cannot be misread.

    Examples
    --------
    >>> population_letter("resident"), population_letter("locataire")
    ('R', 'C')
    """
    letters = [c for c in population.upper() if c.isalpha() and c in ALPHABET]
    return letters[0] if letters else "X"


def make_codes(
    population: str, count: int, taken: Collection[str] = (), rng: np.random.Generator | None = None
) -> list[str]:
    """Make new codes, all different and none of them taken.

    Parameters
    ----------
    population : id of the population, which gives the first letter.
    count : number of codes.
    taken : codes that exist already, written as this function writes them.
    rng : source of chance for simulated studies; the operating system's when not given, so that nobody
        can guess the codes of a real study.

    Returns
    -------
    `count` codes, in the order of chance.

    Examples
    --------
    >>> make_codes("resident", 2, rng=np.random.default_rng(1))
    ['R-FGRY1-W', 'R-4TY79-R']
    """
    letter = population_letter(population)
    made: dict[str, None] = {}
    while len(made) < count:
        # About one in seven has a check character that codes do not use.
        drawn = _draw((count - len(made)) * 7 // 6 + 8, rng)
        made.update(dict.fromkeys(code for code in _write(letter, drawn) if code not in taken))
    return list(made)[:count]


def read_code(text: str) -> str | None:
    """Return a code in its one way of writing, or None when it is no code or has a slip.

    Lower case, missing dashes, spaces, O for 0, and I or L for 1 are understood.

    Standard
    --------
    ISO/IEC 7064:2003, Check character systems, MOD 37-2: the values of the characters, weighted by
    powers of 2 from the right, sum to 1 modulo 37.

    Examples
    --------
    >>> read_code(" r7k3mq7 ") == read_code("R-7K3MQ-7")
    True
    >>> read_code("R-7K3QM-7") is None
    True
    """
    plain = _GAPS.sub("", text).upper()
    plain = plain[:1] + plain[1:].translate(_READ_AS)
    if not _FORM.fullmatch(plain) or not is_checked(plain):
        return None
    return f"{plain[0]}-{plain[1:-1]}-{plain[-1]}"


def is_checked(characters: str) -> bool:
    """Tell whether characters that end in a check character agree with it.

    Examples
    --------
    >>> is_checked("G123489654321Y"), is_checked("G123489654312Y")
    (True, False)
    """
    total = 0
    for character in characters:
        total = (total * _RADIX + _VALUE[character]) % _MODULUS
    return total == 1


def _draw(count: int, rng: np.random.Generator | None) -> npt.NDArray[np.intp]:
    """Return positions in the alphabet, count rows by `RANDOM_CHARACTERS`."""
    shape = (count, RANDOM_CHARACTERS)
    if rng is not None:
        return rng.integers(0, len(ALPHABET), size=shape).astype(np.intp)
    # The alphabet has 32 characters, so that the remainder of a byte is fair.
    drawn = np.frombuffer(secrets.token_bytes(count * RANDOM_CHARACTERS), dtype=np.uint8)
    return (drawn % len(ALPHABET)).astype(np.intp).reshape(shape)


def _write(letter: str, drawn: npt.NDArray[np.intp]) -> list[str]:
    """Return the codes of the rows that have a usable check character."""
    values = np.array([_VALUE[c] for c in ALPHABET])[drawn]
    weights = _RADIX ** np.arange(RANDOM_CHARACTERS, 0, -1)
    total = _VALUE[letter] * _RADIX ** (RANDOM_CHARACTERS + 1) + values @ weights
    checks = (1 - total) % _MODULUS
    symbols = np.array(list(ALPHABET))[drawn]
    return [
        f"{letter}-{''.join(row)}-{_CHARACTER[check]}"
        for row, check in zip(symbols.tolist(), checks.tolist(), strict=True)
        if check in _CHARACTER
    ]
