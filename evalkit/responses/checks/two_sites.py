"""One person who answered at two sites in one wave, in a population of one site each."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.problems import Place, Problem, error
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find respondents with answers at more than one site, to one questionnaire of the wave or several.

    Each is told once, with the first of the questionnaires.
    """
    population = answers.study.file.populations.get(answers.instrument.population)
    if population is None or population.sites == "many":
        return
    pairs = answers.visits.dropna(subset="site").drop_duplicates(["respondent", "site"])
    several = pairs[pairs.duplicated("respondent", keep=False)]
    for respondent, part in several.groupby("respondent", sort=False):
        if part["instrument"].iat[0] == answers.instrument.id:
            where = Place(wave=answers.wave.id, instrument=answers.instrument.id, respondent=str(respondent))
            yield error("check.two_sites", where, sites=", ".join(sorted(part["site"])))


CHECK = Check("two_sites", find)
