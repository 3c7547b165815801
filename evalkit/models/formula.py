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
    """Hold a parsed formula: outcome, fixed part (for formulaic) and random terms."""

    outcome: str
    fixed: str
    bars: tuple[Bar, ...]


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
    sides = text.split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ProblemsFound([error("mixed.formula_sides", formula=text)])
    fixed, bars = "", []
    for sign, part in _parts(sides[1], text):
        inside = part[1:-1] if part.startswith("(") and part.endswith(")") else ""
        if "|" in inside:
            if sign == "-":
                raise ProblemsFound([error("mixed.formula_minus", formula=text)])
            bars += _bars(inside, text)
        else:
            fixed += f" {sign} {part}"
    if not bars:
        raise ProblemsFound([error("mixed.formula_no_random", formula=text)])
    if "|" in fixed:
        raise ProblemsFound([error("mixed.formula_bar", formula=text)])
    return MixedFormula(sides[0].strip(), fixed.strip().removeprefix("+").strip() or "1", tuple(bars))


def _parts(right: str, text: str) -> list[tuple[str, str]]:
    """Split at plus and minus outside brackets."""
    parts: list[tuple[str, str]] = []
    depth, sign, current = 0, "+", ""
    for letter in right:
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            break
        if letter in "+-" and depth == 0:
            parts.append((sign, current.strip()))
            sign, current = letter, ""
        else:
            current += letter
    if depth != 0:
        raise ProblemsFound([error("mixed.formula_brackets", formula=text)])
    parts.append((sign, current.strip()))
    return [(sign, part) for sign, part in parts if part]


def _bars(inside: str, text: str) -> list[Bar]:
    pieces = re.split(r"\|\|?", inside)
    if len(pieces) != 2 or not all(piece.strip() for piece in pieces):
        raise ProblemsFound([error("mixed.formula_bar", formula=text)])
    correlated = "||" not in inside
    names = re.split(r"\s*([:/])\s*", pieces[1].strip())
    if not all(re.fullmatch(r"[^\W\d][\w.]*|[:/]", name) for name in names):
        raise ProblemsFound([error("mixed.formula_group", formula=text, group=pieces[1].strip())])
    groups, current = [], [names[0]]
    for sign, name in zip(names[1::2], names[2::2], strict=True):
        if sign == "/":
            groups.append(tuple(current))
        current = [*current, name]
    groups.append(tuple(current))
    return [Bar(pieces[0].strip(), group, correlated) for group in groups]
