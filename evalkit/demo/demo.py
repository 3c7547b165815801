"""Make the simulated six-site study: folder, roster and files of answers."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.demo.answers import answers_frame, roster_frame, with_organisations
from evalkit.demo.log import INSTRUMENT, log_frame
from evalkit.instruments.instrument import Instrument
from evalkit.power.scenario import Scenario, partner_scenario, resident_scenario
from evalkit.power.simulating import simulate
from evalkit.reports.additions import REPORT_FILE
from evalkit.study.folder import folder_faults, refuse_used_folder
from evalkit.study.reading import STUDY_FILE, read_study
from evalkit.study.roster_import import import_roster
from evalkit.study.study import Study

ORGANISATIONS_PER_SITE = 6  # partner organisations of a local network, as in the case study
ROSTER = "roster.csv"


def make_demo(folder: Path, seed: int) -> Study:
    """Write a simulated study into a new or empty folder, with its roster and answers, not yet imported.

    Parameters
    ----------
    folder : where the study shall stand. One that holds the demonstration already is taken as it is.
    seed : the same seed gives the same answers.

    Returns
    -------
    The study, ready to run.

    Raises
    ------
    ProblemsFound : the folder holds something else, or cannot be written.
    """
    if (folder / STUDY_FILE).is_file():
        study = read_study(folder)
        if study.file.simulated:
            return study
    refuse_used_folder(folder)
    with folder_faults(folder):
        study = _write_folder(folder)
        _write_answers(study, seed)
    import_roster(study, folder / ROSTER, np.random.default_rng(seed))
    return study


def _write_folder(folder: Path) -> Study:
    (folder / "answers").mkdir(parents=True)
    for name in (STUDY_FILE, REPORT_FILE):
        source = resources.files("evalkit.demo") / name
        (folder / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return read_study(folder)


def _write_answers(study: Study, seed: int) -> None:
    """Draw residents and partners from one seed each, and write what a survey platform would export."""
    *streams, events = np.random.default_rng(seed).spawn(3)
    rosters = []
    for instrument_id, rng in zip(("residents-core", "partners-core"), streams, strict=True):
        instrument = study.instruments[instrument_id]
        per_site = ORGANISATIONS_PER_SITE if instrument.population == "partner" else 0
        simulated = with_organisations(simulate(_scenario(study, instrument), rng), per_site)
        for wave, drawn in zip(study.waves, simulated.waves, strict=True):
            answers = next(answers for answers in wave.answers if answers.instrument == instrument_id)
            frame = answers_frame(instrument, simulated, drawn, wave, rng)
            frame.to_csv(study.folder / answers.file, index=False)
        rosters.append(roster_frame(simulated, instrument.population))
    pd.concat(rosters, ignore_index=True).to_csv(study.folder / ROSTER, index=False)
    _write_logs(study, events)


def _write_logs(study: Study, rng: np.random.Generator) -> None:
    """Write the site log of each wave that has one: what happened since the wave before."""
    since = study.waves[0].field[1]
    for wave in study.waves:
        for answers in wave.answers:
            if answers.instrument == INSTRUMENT:
                log_frame(study, wave, since, rng).to_csv(study.folder / answers.file, index=False)
        since = wave.field[1]


def _scenario(study: Study, instrument: Instrument) -> Scenario:
    scales = {scale.id: scale.items for scale in instrument.scales}
    arms = {site.id: site.arm for site in study.sites}
    make = resident_scenario if instrument.population == "resident" else partner_scenario
    return make(scales, arms)
