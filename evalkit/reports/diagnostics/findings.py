"""The part that comes first: what the diagnostics warn of, each with what to do."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Paragraph, Part, Words
from evalkit.problems import Problem
from evalkit.reports.diagnostics.subject import Subject, words
from evalkit.texts.phrases import phrase


def findings(subject: Subject) -> Part:
    """Return the warnings as points, or the sentence that nothing odd was found."""
    problems = (*subject.fit.problems, *subject.found.problems)
    told = BulletList(tuple(_point(subject, problem) for problem in problems))
    block = told if problems else Paragraph((words("nothing"),))
    people = Paragraph((words("rests_on", rows=subject.fit.n_rows, people=subject.found.residents),), "note")
    return Part("findings", words("findings"), (block, people))


def _point(subject: Subject, problem: Problem) -> tuple[Words, ...]:
    what = phrase(f"problems.{problem.code}.what", **problem.values)
    do = phrase(f"problems.{problem.code}.do", **problem.values)
    for role in ("site", "wave"):
        label = getattr(problem.where, role)
        if label is not None:
            return (words("at", where=subject.name(role, label), what=what), do)
    return (what, do)
