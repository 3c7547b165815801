"""What may be asked for in a report: waves, readers, sites, languages, formats; and every wrong choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.reports.additions import read_additions
from evalkit.reports.report import document_kinds
from evalkit.reports.writing import formats
from evalkit.study.study import Study
from evalkit.texts.text import Language

ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what is asked for, as written; an empty tuple means all, or none of the sites."""

    wave: str | None = None
    year: int | None = None
    readers: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """Hold what will be written: wave (None for the newest), readers, places, languages and formats."""

    wave: str | None
    readers: tuple[str, ...]
    places: tuple[str | None, ...]
    languages: tuple[Language, ...]
    formats: tuple[str, ...]


def choose(study: Study, asked: Asked) -> Choices:
    """Return what will be written, the pages of the whole study first.

    Raises
    ------
    ProblemsFound : every wrong choice and every problem of `report.yaml`, together.
    """
    problems = [*_wrong(study, asked), *_addition_problems(study)]
    if problems:
        raise ProblemsFound(problems)
    wanted = [site.id for site in study.sites if site.id in asked.sites or ALL in asked.sites]
    readers = tuple(
        kind.reader for kind in document_kinds() if not asked.readers or kind.reader in asked.readers
    )
    languages = tuple(lang for lang in study.languages if not asked.languages or lang in asked.languages)
    return Choices(_wave(study, asked), readers, (None, *wanted), languages, asked.formats or ("html",))


def _wave(study: Study, asked: Asked) -> str | None:
    if asked.wave is not None or asked.year is None:
        return asked.wave
    return next(wave.id for wave in reversed(study.waves) if wave.year == asked.year)


def _wrong(study: Study, asked: Asked) -> Iterator[Problem]:
    years = [wave.year for wave in study.waves]
    if asked.wave is not None and asked.wave not in study.waves_by_id:
        yield error("report.unknown_wave", Place(wave=asked.wave), known=", ".join(study.waves_by_id))
    elif asked.year is not None and asked.year not in years:
        yield error("report.unknown_year", year=str(asked.year), known=", ".join(map(str, years)))
    elif asked.wave is not None and asked.year not in (None, study.waves_by_id[asked.wave].year):
        yield error("report.wave_and_year", wave=asked.wave, year=str(asked.year))
    readers = [kind.reader for kind in document_kinds()]
    yield from _unknown("reader", asked.readers, readers)
    yield from _unknown("site", [site for site in asked.sites if site != ALL], list(study.sites_by_id))
    yield from _unknown("language", asked.languages, study.languages, "lang")
    yield from _unknown("format", asked.formats, formats())


def _unknown(
    what: str, asked: Iterable[str], known: Sequence[str], value: str | None = None
) -> Iterator[Problem]:
    for name in asked:
        if name not in known:
            yield error(f"report.unknown_{what}", **{value or what: name, "known": ", ".join(known)})


def _addition_problems(study: Study) -> tuple[Problem, ...]:
    try:
        read_additions(study)
    except ProblemsFound as found:
        return found.problems
    return ()
