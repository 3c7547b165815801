"""Which sites are set against which."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.models.arms import compared_arms
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text

EVERYONE = "all"


@dataclass(frozen=True, slots=True)
class Group:
    """Hold sites that are reported together: an arm, or all sites of a study without arms."""

    id: str
    name: Text | Phrase
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Hold the groups of a study, the one of interest first.

    Parameters
    ----------
    all : every group with sites.
    main : the group that the page is about.
    comparison : the group that it is set against; None in a study of one group.
    """

    all: tuple[Group, ...]
    main: Group
    comparison: Group | None


def groups_of(study: Study) -> Groups:
    """Return the groups of a study: its arms, or all sites together when there are not two."""
    used = [site.arm for site in study.sites if site.arm is not None]
    arms = [arm for arm in dict.fromkeys([*study.file.arms, *used]) if arm in used]
    if len(arms) < 2:
        everyone = Group(EVERYONE, phrase("report.words.all_sites"), tuple(site.id for site in study.sites))
        return Groups((everyone,), everyone, None)
    compared = compared_arms(study)
    found = tuple(_group(study, arm) for arm in (compared or arms))
    return Groups(found, found[0], found[1] if compared else None)


def _group(study: Study, arm: str) -> Group:
    return Group(arm, study.arm_name(arm), tuple(site.id for site in study.sites if site.arm == arm))
