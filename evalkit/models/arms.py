"""Which arm is of interest, and which it is compared with."""

from __future__ import annotations

from evalkit.study.study import Study

COMPARISON = "comparison"


def compared_arms(study: Study) -> tuple[str, str] | None:
    """Return the arm of interest and the arm that it is compared with; None unless sites have two arms.

    The arm called `comparison` is the comparison; without that name it is the one that `study.yaml`
    lists last.
    """
    listed = [arm for arm in study.file.arms if any(site.arm == arm for site in study.sites)]
    arms = list(dict.fromkeys([*listed, *(site.arm for site in study.sites if site.arm is not None)]))
    if len(arms) != 2:
        return None
    comparison = COMPARISON if COMPARISON in arms else arms[-1]
    return (arms[0] if arms[1] == comparison else arms[1]), comparison
