"""Read a study folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import find_instrument
from evalkit.problems import Place, Problem, error, errors_of
from evalkit.study.assignment_problems import assignment_problems
from evalkit.study.study import Study, StudyFile
from evalkit.texts.text import Text
from evalkit.yaml_files import YamlFile, read_yaml

STUDY_FILE = "study.yaml"


def find_study(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `study.yaml`. Raises ProblemsFound."""
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return folder
    raise ProblemsFound([error("study.not_found", Place(file=str(start)))])


def read_study(path: Path | str) -> Study:
    """Read the study of a folder and every instrument that it names.

    Parameters
    ----------
    path : the folder, or its `study.yaml`.

    Returns
    -------
    The study.

    Raises
    ------
    ProblemsFound : all problems of the file together: what YAML and its types do not allow, ids used
        twice, a language that is missing, an instrument, scale or site that nothing defines, arms given
        within blocks that are not whole.
    """
    file = Path(path)
    if file.is_dir():
        file = file / STUDY_FILE
    yaml = read_yaml(file, StudyFile)
    problems = [*_id_problems(yaml), *_language_problems(yaml), *_wave_problems(yaml)]
    problems += assignment_problems(yaml)
    instruments, instrument_problems = _read_instruments(yaml)
    problems += [*instrument_problems, *_outcome_problems(yaml, instruments)]
    if errors_of(problems):
        raise ProblemsFound(problems)
    return Study(file.parent, yaml.content, instruments)


def _read_instruments(yaml: YamlFile[StudyFile]) -> tuple[dict[str, Instrument], list[Problem]]:
    wanted: dict[str, Place] = {}
    for number, wave in enumerate(yaml.content.waves):
        for position, name in enumerate(wave.instruments):
            wanted.setdefault(name, yaml.place("waves", number, "instruments", position, wave=wave.id))
    for number, outcome in enumerate(yaml.content.outcomes):
        wanted.setdefault(outcome.scale.split(".")[0], yaml.place("outcomes", number, "scale"))
    found: dict[str, Instrument] = {}
    problems: list[Problem] = []
    for name, place in wanted.items():
        try:
            instrument = find_instrument(name, yaml.path.parent)
        except ProblemsFound as failure:
            problems.extend(failure.problems)
            continue
        if instrument is None:
            problems.append(error("study.unknown_instrument", place, instrument=name))
        else:
            found[name] = instrument
            problems.extend(_population_problems(yaml, instrument, place))
    return found, problems


def _population_problems(
    yaml: YamlFile[StudyFile], instrument: Instrument, place: Place
) -> Iterator[Problem]:
    if instrument.population != "site" and instrument.population not in yaml.content.populations:
        names = {"population": instrument.population, "instrument": instrument.id}
        yield error("study.unknown_population", place, **names)


def _id_problems(yaml: YamlFile[StudyFile]) -> Iterator[Problem]:
    study = yaml.content
    for block, ids in (
        ("sites", [site.id for site in study.sites]),
        ("waves", [wave.id for wave in study.waves]),
        ("outcomes", [outcome.id for outcome in study.outcomes]),
    ):
        for number, name in enumerate(ids):
            if name in ids[:number]:
                yield error("study.duplicate_id", yaml.place(block, number), id=name, block=block)


def _language_problems(yaml: YamlFile[StudyFile]) -> Iterator[Problem]:
    study = yaml.content
    texts: list[tuple[Text, tuple[str | int, ...]]] = [(study.title, ("title",))]
    texts += [(site.name, ("sites", n, "name")) for n, site in enumerate(study.sites)]
    texts += [(wave.name, ("waves", n, "name")) for n, wave in enumerate(study.waves) if wave.name]
    texts += [(outcome.name, ("outcomes", n, "name")) for n, outcome in enumerate(study.outcomes)]
    texts += [(name, ("arms", arm)) for arm, name in study.arms.items()]
    for text, keys in texts:
        for lang in text.missing(study.languages):
            yield error("study.missing_language", yaml.place(*keys), language=lang)


def _wave_problems(yaml: YamlFile[StudyFile]) -> Iterator[Problem]:
    waves = yaml.content.waves
    for number, wave in enumerate(waves):
        if number and wave.field[0] <= waves[number - 1].field[0]:
            yield error("study.waves_out_of_order", yaml.place("waves", number), earlier=waves[number - 1].id)
        for position, answers in enumerate(wave.answers):
            if answers.instrument not in wave.instruments:
                place = yaml.place("waves", number, "answers", position, wave=wave.id)
                yield error("study.instrument_not_of_wave", place, instrument=answers.instrument)


def _outcome_problems(yaml: YamlFile[StudyFile], instruments: dict[str, Instrument]) -> Iterator[Problem]:
    for number, outcome in enumerate(yaml.content.outcomes):
        instrument_id, scale_id = outcome.scale.split(".")
        instrument = instruments.get(instrument_id)
        if instrument is not None and scale_id not in instrument.scales_by_id:
            place = yaml.place("outcomes", number, "scale")
            yield error("study.unknown_scale", place, scale=scale_id, instrument=instrument_id)
