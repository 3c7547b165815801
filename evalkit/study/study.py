"""A study: sites, waves, populations, outcomes and rules, as its folder describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalkit.disclosure import DisclosureRule
from evalkit.instruments.instrument import Instrument, Scale
from evalkit.study.assignment import Assignment
from evalkit.study.site import Site
from evalkit.study.wave import Wave
from evalkit.texts.text import Language, Text
from evalkit.yaml_files import Model

StudyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Family = Literal["primary", "secondary", "exploratory"]


class Population(Model):
    """Hold who answers: persons or organisations, of one site or several, and how they enter the roster.

    Parameters
    ----------
    enrol : `roster` when codes are made before the wave, `on_import` when a new code in an answer file
        enters the roster, `self_code` when respondents make their own code.
    """

    unit: Literal["person", "organisation"] = "person"
    sites: Literal["one", "many"] = "one"
    organisation: Literal["required", "optional", "none"] = "none"
    enrol: Literal["roster", "on_import", "self_code"] = "roster"


class Outcome(Model):
    """Hold what the study follows: a scale of an instrument and its place in the plan.

    Parameters
    ----------
    scale : `instrument.scale`.
    smallest_change : change, in points of the reported scale, under which nothing is said to have
        changed; the band of no interest runs from minus to plus this value.
    placebo : whether the intervention cannot move it, so that a sensitivity analysis may look for an effect
        where there is none.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,19}$")]
    scale: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9]*$")]
    name: Text
    family: Family = "secondary"
    smallest_change: Annotated[float, Field(ge=0)] = 1.5
    placebo: bool = False


class StudyFile(Model):
    """Hold what `study.yaml` says, as written."""

    id: StudyId = Field(alias="study")
    title: Text
    languages: tuple[Language, ...] = ("fr", "en")
    sites: tuple[Site, ...]
    waves: tuple[Wave, ...]
    arms: Mapping[str, Text] = Field(default_factory=dict)
    populations: Mapping[str, Population]
    outcomes: tuple[Outcome, ...] = ()
    store: str = "sqlite"
    assignment: Assignment = Assignment()
    disclosure: DisclosureRule = DisclosureRule()
    plan: str | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Study:
    """Hold a study folder that has been read: its file and its instruments.

    Parameters
    ----------
    folder : the folder that holds `study.yaml`.
    file : what `study.yaml` says.
    instruments : every instrument that a wave or an outcome names, by id.
    """

    folder: Path
    file: StudyFile
    instruments: Mapping[str, Instrument]

    @property
    def id(self) -> str:
        """Return the id of the study."""
        return self.file.id

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages of the study, the first one first."""
        return self.file.languages

    @property
    def sites(self) -> tuple[Site, ...]:
        """Return the sites in the order of the file."""
        return self.file.sites

    @property
    def waves(self) -> tuple[Wave, ...]:
        """Return the waves in the order of the file, which is the order of time."""
        return self.file.waves

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return the outcomes in the order of the file."""
        return self.file.outcomes

    @cached_property
    def sites_by_id(self) -> Mapping[str, Site]:
        """Return the sites by id."""
        return {site.id: site for site in self.sites}

    @cached_property
    def waves_by_id(self) -> Mapping[str, Wave]:
        """Return the waves by id."""
        return {wave.id: wave for wave in self.waves}

    @property
    def data_folder(self) -> Path:
        """Return the folder of the store and of the original files."""
        return self.folder / "data"

    @property
    def out_folder(self) -> Path:
        """Return the folder of everything that can be deleted and made again."""
        return self.folder / "out"

    def population_of(self, instrument_id: str) -> str:
        """Return the population that answers an instrument."""
        return self.instruments[instrument_id].population

    def scale_of(self, outcome: Outcome) -> tuple[Instrument, Scale]:
        """Return the instrument and the scale of an outcome."""
        instrument_id, scale_id = outcome.scale.split(".")
        instrument = self.instruments[instrument_id]
        return instrument, instrument.scale(scale_id)

    def arm_name(self, arm: str) -> Text:
        """Return what pages call an arm: the name in the study file, or its id."""
        return self.file.arms.get(arm) or Text(dict.fromkeys(self.languages, arm))
