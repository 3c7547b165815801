"""The formula language of lme4: fixed terms, and random terms in brackets with a bar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evalkit.errors import ProblemsFound
from evalkit.problems import error


@dataclass(frozen=True)
class Bar:
    """Hold one random term as written.

    Parameters
    ----------
    effects : formula of what varies, such as `1 + time`.
    group : columns whose combinations vary, such as `("site", "wave")`.
    correlated : `|`, else `||`.
    """

    effects: str
    group: tuple[str, ...]
    correlated: bool

    @property
    def name(self) -> str:
        """Return the grouping's name, such as `site:wave`."""
        return ":".join(self.group)


@dataclass(frozen=True)
class MixedFormula:
    """Hold a parsed formula: outcome, fixed part (for formulaic) and random terms; `text` as written."""

    outcome: str
    fixed: str
    bars: tuple[Bar, ...]
    text: str = ""


def parse_formula(text: str) -> MixedFormula:
    """Parse a formula of lme4's language.

    Parameters
    ----------
    text : `outcome ~ fixed + (effects | group)`; `||` for effects without correlation, `a/b` for `a` and
        `a:b`, `a:b` for combinations.

    Raises
    ------
    ProblemsFound
        Without `~`, with brackets that do not close, or without a random term.

    Examples
    --------
    >>> parse_formula("y ~ t * arm + (1 + t | person) + (1 | site/wave)").bars[2].name
    'site:wave'
    >>> parse_formula("y ~ (1 | site)").fixed
    '1'
    """
    text = text if isinstance(text, str) else str(text)
    sides = text.split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ProblemsFound([error("mixed.formula_sides", formula=text)])
    fixed, bars = "", []
    for part in _parts(text, text.index("~") + 1):
        inside = part.text[1:-1] if part.text.startswith("(") and part.text.endswith(")") else ""
        if "|" in inside:
            if part.sign == "-":
                raise _fault("minus", text, part.start)
            bars += _bars(inside, text, part.start)
        elif "|" in part.text:
            raise _fault("bar", text, part.start)
        else:
            fixed += f" {part.sign} {part.text}"
    if not bars:
        raise ProblemsFound([error("mixed.formula_no_random", formula=text)])
    fixed = fixed.strip().removeprefix("+").strip() or "1"
    return MixedFormula(sides[0].strip(), fixed, tuple(bars), text.strip())


@dataclass(frozen=True)
class _Part:
    """Hold what stands between two signs outside brackets, and where it starts."""

    sign: str
    text: str
    start: int


def _fault(kind: str, text: str, at: int, **values: str) -> ProblemsFound:
    """Return a fault of syntax with its place, counted in characters from 1."""
    return ProblemsFound([error(f"mixed.formula_{kind}", formula=text, position=str(at + 1), **values)])


def _parts(text: str, start: int) -> list[_Part]:
    """Split at plus and minus outside brackets and names in backticks."""
    found, opened, quoted = [], [], False
    sign, begin = "+", start
    for at, letter in enumerate(text[start:], start):
        quoted ^= letter == "`"
        if quoted:
            continue
        if letter in "([{":
            opened.append(at)
        elif letter in ")]}":
            if not opened:
                raise _fault("brackets", text, at)
            opened.pop()
        elif letter in "+-" and not opened:
            found.append((sign, begin, at))
            sign, begin = letter, at + 1
    if opened:
        raise _fault("brackets", text, opened[-1])
    found.append((sign, begin, len(text)))
    parts = [_Part(sign, text[i:j].strip(), j - len(text[i:j].lstrip())) for sign, i, j in found]
    return [part for part in parts if part.text]


def _bars(inside: str, text: str, start: int) -> list[Bar]:
    pieces = re.split(r"\|\|?", inside)
    if len(pieces) != 2 or not all(piece.strip() for piece in pieces):
        raise _fault("bar", text, start)
    correlated = "||" not in inside
    names = re.split(r"\s*([:/])\s*", pieces[1].strip())
    if not all(re.fullmatch(r"[^\W\d][\w.]*|`[^`]+`", name) for name in names[::2]):
        raise _fault("group", text, start, group=pieces[1].strip())
    names = [name.strip("`") for name in names]
    groups, current = [], [names[0]]
    for sign, name in zip(names[1::2], names[2::2], strict=True):
        if sign == "/":
            groups.append(tuple(current))
        current = [*current, name]
    groups.append(tuple(current))
    return [Bar(pieces[0].strip(), group, correlated) for group in groups]
