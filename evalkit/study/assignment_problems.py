"""What cannot be right about the blocks within which sites came into their arms."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.problems import Problem, error
from evalkit.study.study import StudyFile
from evalkit.yaml_files import YamlFile


def assignment_problems(yaml: YamlFile[StudyFile]) -> Iterator[Problem]:
    """Find what is wrong with `assignment` and the sites that it speaks of.

    A site without its block would be exchanged with any other, and the p-value would be that of another
    design: so what is declared must be whole.

    Parameters
    ----------
    yaml : a study file that has been read.

    Returns
    -------
    Problems: strata beside pairs; a site with an arm that has no stratum or stands in no pair; strata
    given to sites and not declared; a pair with a site that the study does not have, with a site that
    stands in another pair too, or without two arms.
    """
    assignment, sites = yaml.content.assignment, yaml.content.sites
    if assignment.strata is not None and assignment.pairs:
        yield error("assignment.strata_and_pairs", yaml.place("assignment"))
    if assignment.strata is not None:
        for number, site in enumerate(sites):
            if site.arm is not None and getattr(site, assignment.strata) is None:
                yield error(
                    "assignment.no_stratum", yaml.place("sites", number, site=site.id), name=assignment.strata
                )
    if assignment.strata != "stratum":
        for number, site in enumerate(sites):
            if site.stratum is not None:
                place = yaml.place("sites", number, "stratum", site=site.id)
                yield error("assignment.stratum_not_declared", place)
    if assignment.pairs:
        yield from _pair_problems(yaml)


def _pair_problems(yaml: YamlFile[StudyFile]) -> Iterator[Problem]:
    arm_of = {site.id: site.arm for site in yaml.content.sites}
    paired: list[str] = []
    for number, pair in enumerate(yaml.content.assignment.pairs):
        for position, site in enumerate(pair):
            place = yaml.place("assignment", "pairs", number, position)
            if site not in arm_of:
                yield error("assignment.unknown_site", place, site=site)
            elif site in paired:
                yield error("assignment.site_in_two_pairs", place, site=site)
            paired.append(site)
        arms = [arm_of[site] for site in pair if site in arm_of]
        if len(arms) == 2 and pair[0] != pair[1] and (None in arms or arms[0] == arms[1]):
            place = yaml.place("assignment", "pairs", number)
            yield error("assignment.pair_in_one_arm", place, first=pair[0], second=pair[1])
    for number, known in enumerate(yaml.content.sites):
        if known.arm is not None and known.id not in paired:
            yield error("assignment.not_in_a_pair", yaml.place("sites", number, site=known.id))
