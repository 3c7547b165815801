"""Answers from a site that the study does not have, or that is not the respondent's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalkit.problems import Problem, error, warning
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find unknown sites, and people who answered at a site where the roster does not place them."""
    keys = answers.table.keys
    known = keys["site"].isin(answers.study.sites_by_id).to_numpy()
    for position in map(int, np.flatnonzero(~known)):
        yield error("check.unknown_site", answers.place(position))
    if answers.instrument.population == "site":
        return
    for position, (code, site) in enumerate(zip(keys["respondent"], keys["site"], strict=True)):
        sites = answers.roster.sites_of(str(code))
        if known[position] and sites and site not in sites:
            yield warning("check.other_site", answers.place(position), sites=", ".join(sites))


CHECK = Check("unknown_site", find)
