"""Turn a simulated study into the files that a survey platform would have exported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from evalkit.demo.filling import fill_items
from evalkit.demo.ties import tie_columns
from evalkit.instruments.instrument import Instrument, order_asked
from evalkit.power.simulating import SimulatedStudy, SimulatedWave
from evalkit.responses.answer_table import REASON_CODE
from evalkit.study.wave import Wave

MODES = ("paper", "tablet", "web")
MODE_SHARES = (0.5, 0.35, 0.15)


def with_organisations(study: SimulatedStudy, per_site: int) -> SimulatedStudy:
    """Return the study with the people of each site spread over `per_site` organisations; none when 0."""
    people = study.residents
    turn = people.groupby("site").cumcount() % max(per_site, 1) + 1
    names = people["site"] + "-O" + turn.astype(str) if per_site else ""
    return replace(study, residents=people.assign(organisation=names))


def roster_frame(study: SimulatedStudy, population: str) -> pd.DataFrame:
    """Return the roster file of a simulated population: population, site, organisation, alias."""
    people = study.residents
    aliases = [alias_of(population, number) for number in people["respondent"]]
    return people[["site", "organisation"]].assign(population=population, alias=aliases)


def alias_of(population: str, number: int) -> str:
    """Return the id under which the imagined platform knows a simulated person.

    Examples
    --------
    >>> alias_of("resident", 7)
    'resident-0007'
    """
    return f"{population}-{number:04d}"


def answers_frame(
    instrument: Instrument,
    study: SimulatedStudy,
    simulated: SimulatedWave,
    wave: Wave,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return one wave's answers as a file of codes, every item of the questionnaire in its order.

    Parameters
    ----------
    instrument : the questionnaire that the simulated people answer.
    study, simulated : the simulated study, with organisations, and the wave in it.
    wave : wave of the study folder, for its field period.
    rng : source of chance for what the simulator does not draw.
    """
    people = study.residents.set_index("respondent").loc[simulated.keys["respondent"]].reset_index()
    given = _coded(instrument, simulated)
    known = _known_items(instrument, people, wave, study)
    given = pd.concat([given, known], axis=1)
    single = [name for name in order_asked(instrument) if instrument.item(name).repeat is None]
    filled = fill_items(instrument, given, [name for name in single if name not in given], rng)
    keys = _keys_frame(instrument.population, people, simulated, wave, rng)
    ties = tie_columns(instrument, people, rng)
    return pd.concat([keys, filled[single].map(_as_cell), ties], axis=1)


def _as_cell(value: object) -> object:
    """Return a value as a file holds it: the codes of `multiple` separated by spaces."""
    return " ".join(map(str, value)) if isinstance(value, tuple) else value


def _coded(instrument: Instrument, simulated: SimulatedWave) -> pd.DataFrame:
    """Return the simulated answers as codes, absent kinds as their codes, blanks empty."""
    columns = {}
    for name in simulated.values:
        column = simulated.values[name].astype(object).where(simulated.values[name].notna(), None)
        for kind, code in instrument.absent_codes.items():
            column = column.mask(simulated.reasons[name] == REASON_CODE[kind], code)
        columns[name] = column
    return pd.DataFrame(columns).reset_index(drop=True)


def _known_items(
    instrument: Instrument, people: pd.DataFrame, wave: Wave, study: SimulatedStudy
) -> pd.DataFrame:
    """Return what a person's simulated life decides: the age at this wave."""
    if "age" not in instrument.items_by_id:
        return pd.DataFrame(index=people.index)
    first = int(study.waves[0].wave.removeprefix("w"))
    years = int(wave.id.removeprefix("w")) - first
    return pd.DataFrame({"age": (people["age"] + years).astype(object)})


def _keys_frame(
    population: str, people: pd.DataFrame, simulated: SimulatedWave, wave: Wave, rng: np.random.Generator
) -> pd.DataFrame:
    days = rng.integers(0, (wave.field[1] - wave.field[0]).days + 1, len(people))
    started = [wave.field[0] + timedelta(days=int(day)) for day in days]
    return pd.DataFrame(
        {
            "respondent": [alias_of(population, number) for number in people["respondent"]],
            "site": simulated.keys["site"].to_numpy(),
            "language": people["language"].to_numpy(),
            "mode": rng.choice(MODES, len(people), p=MODE_SHARES),
            "started": started,
            "ended": started,
        }
    )
