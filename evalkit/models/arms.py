"""Which arm is of interest, which it is compared with, and when its sites started."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evalkit.study.study import Study

COMPARISON = "comparison"


def compared_arms(study: Study) -> tuple[str, str] | None:
    """Return the arm of interest and the arm that it is compared with; None unless sites have two arms.

    The arm called `comparison` is the comparison; without that name it is the one that `study.yaml`
    lists last.
    """
    arms = arms_of(study)
    if len(arms) != 2:
        return None
    comparison = COMPARISON if COMPARISON in arms else arms[-1]
    return (arms[0] if arms[1] == comparison else arms[1]), comparison


def arms_of(study: Study) -> tuple[str, ...]:
    """Return the arms that sites have, in the order of `study.yaml`."""
    listed = [arm for arm in study.file.arms if any(site.arm == arm for site in study.sites)]
    return tuple(dict.fromkeys([*listed, *(site.arm for site in study.sites if site.arm is not None)]))


def arms_present(study: Study, rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the arms that rows hold, in the order of `study.yaml`; none when they hold fewer than two."""
    present = set(rows["arm"].dropna().astype(str)) if "arm" in rows else set()
    arms = tuple(arm for arm in arms_of(study) if arm in present)
    return arms if len(arms) > 1 else ()


def arms_asked(study: Study, arms: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return whose numbers are asked for: of each arm or of all sites, and of one arm less the other."""
    pair = compared_arms(study)
    alone: list[tuple[str, ...]] = [(arm,) for arm in arms] or [()]
    return [*alone, pair] if pair is not None and set(pair) <= set(arms) else alone


def waves_before_start(study: Study) -> Mapping[str, int | None]:
    """Return, for each site, how many waves were over before it started; None for a site that never did.

    A wave is over before the start when its field period ends before that day: a wave during which the
    intervention starts is no clean baseline.
    """
    ends = [wave.field[1] for wave in study.waves]
    return {
        site.id: None if site.started is None else sum(end < site.started for end in ends)
        for site in study.sites
    }


def starts_apart(study: Study) -> bool:
    """Return whether sites started in different years: after different numbers of waves, one at least."""
    started = {count for count in waves_before_start(study).values() if count}
    return len(started) > 1


def without_baseline(study: Study, panel: pd.DataFrame) -> tuple[str, ...]:
    """Return the sites that had started before their first wave was over."""
    before = waves_before_start(study)
    present = set(panel["site"].dropna().astype(str))
    return tuple(site for site, count in before.items() if count == 0 and site in present)
