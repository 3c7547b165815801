"""The errors that evalkit raises: one for an input with problems, one for a wrong use of a function."""

from __future__ import annotations

from collections.abc import Iterable

from evalkit.problems import Problem


class EvalkitError(Exception):
    """Base of every error that evalkit raises on purpose."""


class ProblemsFound(EvalkitError):
    """Raised once with all the problems of an input; nothing was changed.

    Parameters
    ----------
    problems : at least one, in the order of the input.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [f"{p.where.say('en')}: {p.what('en')} {p.do('en')}".lstrip(": ") for p in self.problems[:10]]
        more = len(self.problems) - len(lines)
        return "\n".join([*lines, f"(+{more})"] if more > 0 else lines)
