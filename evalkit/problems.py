"""What is wrong with an input: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a problem stands; parts that do not apply stay None.

    Parameters
    ----------
    file : path as the user wrote it.
    part : of a table that is read in parts, from 1.
    line : line of a text file, from 1.
    row : row of a data file, from 1, the header not counted.
    column : column name of a data file.
    item, wave, site, respondent, instrument, scale : ids.
    """

    file: str | None = None
    part: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None
    item: str | None = None
    scale: str | None = None
    instrument: str | None = None
    wave: str | None = None
    site: str | None = None
    respondent: str | None = None

    def say(self, lang: Language) -> str:
        """Return the place in words, the largest part first."""
        parts = []
        for part in fields(self):
            value = getattr(self, part.name)
            if value is not None:
                parts.append(Phrase(f"problems.place.{part.name}", {"value": str(value)}).say(lang))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold one problem; its words stand in `texts/<lang>/problems/` under its code.

    Parameters
    ----------
    code : `topic.name`; `problems.topic.name.what` and `.do` are its phrases.
    severity : only errors stop a command.
    where : the place.
    values : what fills the placeholders of both phrases.
    count : for how many places it stands: more than one for the last of very many of one kind.
    """

    code: str
    severity: Severity
    where: Place = Place()
    values: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1

    def what(self, lang: Language) -> str:
        """Return what is wrong, as a sentence."""
        return Phrase(f"problems.{self.code}.what", self.values).say(lang)

    def do(self, lang: Language) -> str:
        """Return what to do about it, as a sentence."""
        return Phrase(f"problems.{self.code}.do", self.values).say(lang)

    def facts(self, lang: Language) -> dict[str, Any]:
        """Return the problem as plain values, for `--json`."""
        where = {f.name: getattr(self.where, f.name) for f in fields(self.where)}
        return {
            "code": self.code,
            "severity": self.severity,
            "count": self.count,
            "where": {name: value for name, value in where.items() if value is not None},
            "what": self.what(lang),
            "do": self.do(lang),
        }


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Hold the problems that share a code, a severity and a column: how many, and the first ones."""

    code: str
    severity: Severity
    count: int
    examples: tuple[Problem, ...]


def error(code: str, where: Place = Place(), /, **values: Any) -> Problem:
    """Return a problem that stops the command."""
    return Problem(code, "error", where, values)


def warning(code: str, where: Place = Place(), /, **values: Any) -> Problem:
    """Return a problem that is shown and stops nothing."""
    return Problem(code, "warning", where, values)


def note(code: str, where: Place = Place(), /, **values: Any) -> Problem:
    """Return a fact worth saying, such as rows that a declared rule has changed."""
    return Problem(code, "note", where, values)


def errors_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the errors among `problems`."""
    return tuple(p for p in problems if p.severity == "error")


def group_problems(problems: Iterable[Problem], examples: int = 3) -> tuple[ProblemGroup, ...]:
    """Group problems of one kind so that ten thousand bad rows stay readable.

    Returns
    -------
    Groups, errors first, then by falling count; each with its first `examples` problems.
    """
    by_kind: dict[tuple[Severity, str], list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault((problem.severity, problem.code), []).append(problem)
    order = ("error", "warning", "note")
    groups = [
        ProblemGroup(code, severity, sum(member.count for member in members), tuple(members[:examples]))
        for (severity, code), members in by_kind.items()
    ]
    return tuple(sorted(groups, key=lambda g: (order.index(g.severity), -g.count)))
