"""One person who answered at two sites in one wave, in a population of one site each."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.problems import Place, Problem, error
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find respondents with answers at more than one site."""
    population = answers.study.file.populations.get(answers.instrument.population)
    if population is None or population.sites == "many":
        return
    sites = answers.table.keys.groupby("respondent")["site"].unique()
    for respondent, places in sites[sites.map(len) > 1].items():
        where = Place(wave=answers.wave.id, instrument=answers.instrument.id, respondent=str(respondent))
        yield error("check.two_sites", where, sites=", ".join(sorted(map(str, places))))


CHECK = Check("two_sites", find)
