"""Find questionnaires: a study's own first, then those that evalkit ships."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.reading import read_instrument
from evalkit.problems import Place, Problem, error

FOLDER = "instruments"


def shipped_ids() -> tuple[str, ...]:
    """Return the ids of the questionnaires that evalkit ships."""
    return tuple(sorted(file.stem for file in _shipped_folder().glob("*.yaml")))


@lru_cache
def shipped_instrument(instrument_id: str) -> Instrument:
    """Return a shipped questionnaire; KeyError when none has this id.

    Examples
    --------
    >>> shipped_instrument("residents-core").scale("cohesion").kind
    'reflective'
    """
    if instrument_id not in shipped_ids():
        raise KeyError(instrument_id)
    return read_instrument(_shipped_folder() / f"{instrument_id}.yaml")


def find_instrument(instrument_id: str, study_folder: Path | None) -> Instrument | None:
    """Return the questionnaire of a study, or the shipped one; None when neither has this id.

    Raises
    ------
    ProblemsFound : the file is there and is wrong, or holds another questionnaire than its name says.
    """
    if study_folder is not None:
        own = study_folder / FOLDER / f"{instrument_id}.yaml"
        if own.is_file():
            return _read_named(own)
    return shipped_instrument(instrument_id) if instrument_id in shipped_ids() else None


def known_instruments(study_folder: Path | None) -> tuple[Instrument, ...]:
    """Return a study's own questionnaires, then the shipped ones that it does not replace.

    Raises
    ------
    ProblemsFound : the errors of all the study's questionnaires together.
    """
    own: list[Instrument] = []
    problems: list[Problem] = []
    for file in sorted((study_folder / FOLDER).glob("*.yaml")) if study_folder else []:
        try:
            own.append(_read_named(file))
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(problems)
    names = {form.id for form in own}
    return (*own, *(shipped_instrument(name) for name in shipped_ids() if name not in names))


def _read_named(file: Path) -> Instrument:
    form = read_instrument(file)
    if form.id != file.stem:
        raise ProblemsFound([error("instrument.other_id", Place(file=str(file)), name=file.name, id=form.id)])
    return form


def _shipped_folder() -> Path:
    """Return the folder of shipped questionnaires: inside an installed package, beside it in a checkout."""
    package = Path(str(resources.files("evalkit")))
    installed = package / "shipped_instruments"
    return installed if installed.is_dir() else package.parent / FOLDER
