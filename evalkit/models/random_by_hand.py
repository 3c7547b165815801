"""Random terms asked for by hand, as lme4 writes them."""

from __future__ import annotations

from evalkit.errors import ProblemsFound
from evalkit.models.fit import INTERCEPT
from evalkit.models.formula import Bar, parse_formula
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.problems import Problem, error


def random_by_hand(text: str, spec: ModelSpec) -> tuple[RandomTerm, ...]:
    """Return the random terms that a plan asks for.

    Parameters
    ----------
    text : such as `(1 + time | respondent) + (1 | site) + (1 | site:wave)`.
    spec : the model, whose rows tell which groups and columns there are.

    Raises
    ------
    ProblemsFound : a text that is no random part, groups and columns that the rows do not have.
    """
    bars = parse_formula(f"{spec.outcome} ~ {text}").bars
    known = [str(name) for name in spec.data]
    unknown = [
        name for bar in bars for name in (*bar.group, *_columns(bar)) if name not in (INTERCEPT, *known)
    ]
    if unknown:
        listed = ", ".join(known)
        found: list[Problem] = [
            error("models.unknown_random", text=text, name=name, known=listed)
            for name in dict.fromkeys(unknown)
        ]
        raise ProblemsFound(found)
    return tuple(RandomTerm(bar.name, _columns(bar), bar.correlated) for bar in bars)


def _columns(bar: Bar) -> tuple[str, ...]:
    parts = [part.strip() for part in bar.effects.split("+")]
    named = tuple(part for part in parts if part not in ("0", "1"))
    return named if "0" in parts else (INTERCEPT, *named)
