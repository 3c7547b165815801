"""Every difference between two states of a plan is one line, and a plan does not differ from itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.planning.changes import PlanChange, changes_between
from evalkit.models.planning.content import Fields, PlanContent

BASE = {"outcome": "cohesion", "question": "growth"}
fields = st.dictionaries(st.sampled_from(["who", "family", "random"]), st.sampled_from(["a", "b"]))
analyses = st.dictionaries(st.sampled_from("abc"), fields.map(lambda more: {**BASE, **more}))


def content(analyses: dict[str, Fields], **more: dict[str, Fields]) -> PlanContent:
    return PlanContent(**{"plan": {}, "design": {}, "outcomes": {}, **more}, analyses=analyses)


@given(analyses)
def test_a_plan_does_not_differ_from_itself(known: dict[str, Fields]) -> None:
    assert changes_between(content(known), content(dict(reversed(known.items())))) == ()


@given(analyses, analyses)
def test_back_is_the_opposite_of_forth(old: dict[str, Fields], new: dict[str, Fields]) -> None:
    forth = changes_between(content(old), content(new))
    back = changes_between(content(new), content(old))
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    seen = {(c.name, c.how, c.field, str(c.old), str(c.new)) for c in forth}
    assert seen == {(c.name, turned[c.how], c.field, str(c.new), str(c.old)) for c in back}
    assert len(seen) == len(forth)


def test_lines_of_all_parts() -> None:
    old = content({"a": BASE, "b": BASE}, design={"site.S1": "x"}, outcomes={"cohesion": {"rule": "mean"}})
    new = content(
        {"a": {**BASE, "who": "stayers"}, "c": BASE},
        design={"site.S1": "y"},
        outcomes={"cohesion": {"rule": "sum"}, "new": {"rule": "sum"}},
    )
    lines = [(c.part, c.name, c.how, c.field, c.old, c.new) for c in changes_between(old, new)]
    assert lines == [
        ("design", "", "changed", "site.S1", "x", "y"),
        ("outcome", "cohesion", "changed", "rule", "mean", "sum"),
        ("analysis", "a", "changed", "who", None, "stayers"),
        ("analysis", "c", "added", "", None, None),
        ("analysis", "b", "removed", "", None, None),
    ]


def test_whom_a_change_concerns() -> None:
    assert PlanChange("analysis", "a", "changed", "who").concerns("a", "cohesion")
    assert not PlanChange("analysis", "b", "changed", "who").concerns("a", "cohesion")
    assert PlanChange("outcome", "cohesion", "changed", "rule").concerns("a", "cohesion")
    assert not PlanChange("outcome", "security", "changed", "rule").concerns("a", "cohesion")
    assert PlanChange("design", "", "changed", "site.S1").concerns("a", "cohesion")
    assert not PlanChange("plan", "", "changed", "alpha").concerns("a", "cohesion")
