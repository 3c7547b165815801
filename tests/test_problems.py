"""Problems say where, what and what to do, and stay readable by the thousand."""

from __future__ import annotations

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error, errors_of, group_problems, note, warning


def test_a_problem_speaks_both_languages() -> None:
    problem = error("yaml.duplicate_key", Place(file="study.yaml", line=4), key="sites")
    assert problem.where.say("en") == "study.yaml, line 4"
    assert problem.where.say("fr") == "study.yaml, ligne 4"
    assert "sites" in problem.what("fr")
    assert problem.facts("en")["where"] == {"file": "study.yaml", "line": 4}


def test_ten_thousand_problems_become_a_few_groups() -> None:
    many = [error("yaml.tab", Place(row=row)) for row in range(10_000)]
    groups = group_problems([note("yaml.empty"), warning("yaml.empty"), *many])
    assert [(g.severity, g.count, len(g.examples)) for g in groups] == [
        ("error", 10_000, 3),
        ("warning", 1, 1),
        ("note", 1, 1),
    ]
    assert groups[0].examples[0].where.row == 0


def test_only_errors_stop() -> None:
    assert errors_of([note("yaml.empty"), warning("yaml.empty")]) == ()


def test_the_exception_is_short() -> None:
    found = ProblemsFound(error("yaml.tab", Place(row=row)) for row in range(25))
    assert str(found).endswith("(+15)")
