"""Answers from a site that the study does not have, or that is not the respondent's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalkit.problems import Problem, error, warning
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find unknown sites, and people who answered at a site where the roster does not place them."""
    keys = answers.table.keys
    population = answers.study.file.populations.get(answers.instrument.population)
    known = keys["site"].isin(answers.study.sites_by_id).to_numpy()
    # Who serves several sites may answer for none of them in particular.
    spared = keys["site"].isna().to_numpy() & (population is not None and population.sites == "many")
    for row in np.flatnonzero(~known & ~spared):
        yield error("check.unknown_site", answers.place(row))
    if answers.instrument.population == "site":
        return
    for position, (code, site) in enumerate(zip(keys["respondent"], keys["site"], strict=True)):
        sites = answers.roster.sites_of(str(code))
        if known[position] and sites and site not in sites:
            yield warning("check.other_site", answers.place(position), sites=", ".join(sites))


CHECK = Check("unknown_site", find)
