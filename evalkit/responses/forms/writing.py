"""Write the forms of a wave for a platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error, errors_of
from evalkit.registry import discover
from evalkit.responses.forms.form import FormFile, FormOrder, FormTarget, Person
from evalkit.study.roster import Roster, read_roster
from evalkit.study.study import Population, Study
from evalkit.texts.text import Language

# Names that forms use beside those that no item may have anyway.
_TAKEN = frozenset({"partner"})


@dataclass(frozen=True)
class FormReceipt:
    """Hold the files of the forms of a wave, how absent answers are written, and what cannot be said.

    Parameters
    ----------
    codes : by questionnaire, rows of kind, our code and the platform's.
    """

    platform: str
    files: tuple[Path, ...]
    codes: Mapping[str, tuple[tuple[str, str, str], ...]]
    problems: tuple[Problem, ...]


def write_forms(
    study: Study,
    wave: str,
    *,
    to: str,
    instrument: str | None = None,
    languages: tuple[Language, ...] | None = None,
) -> FormReceipt:
    """Write the forms of a wave into `out/forms/<target>/`.

    Parameters
    ----------
    wave : id of the wave.
    to : target, a file of `responses/forms/targets/`.
    instrument : id; every instrument of the wave when not given.
    languages : languages of the form, its default first; those of the study when not given.

    Returns
    -------
    The files, the codes of absent answers, and what the platform cannot say.

    Raises
    ------
    ProblemsFound : unknown names; a form that could not be read back; a folder that cannot be written.
    """
    targets = discover("evalkit.responses.forms.targets", "FORM")
    problems = [*_wrong_names(study, wave, instrument)]
    if to not in targets:
        problems.append(error("forms.unknown_target", Place(), target=to, targets=", ".join(targets)))
    if problems:
        raise ProblemsFound(problems)
    names = (instrument,) if instrument else study.waves_by_id[wave].instruments
    forms = [study.instruments[name] for name in names]
    wanted = languages or study.languages
    problems = [problem for form in forms for problem in _unwritable(form, wanted)]
    if problems:
        raise ProblemsFound(problems)
    target: FormTarget = targets[to]
    roster = read_roster(study)
    written = {form.id: target.write(order_of(study, wave, form, wanted, roster)) for form in forms}
    found = [_placed(problem, form) for form in forms for problem in written[form.id].problems]
    if errors_of(found):
        raise ProblemsFound(found)
    files = [file for form in written.values() for file in form.files]
    codes = {
        form.id: tuple((str(o.kind), str(o.value), target.code(o)) for o in form.absent_options)
        for form in forms
    }
    return FormReceipt(target.title, _saved(study.out_folder / "forms" / to, files), codes, tuple(found))


def order_of(
    study: Study, wave: str, form: Instrument, languages: tuple[Language, ...], roster: Roster
) -> FormOrder:
    """Return what the form of a questionnaire is written from."""
    population = study.file.populations.get(form.population, Population())
    people = [
        Person(code, sites[0] if len(sites := roster.sites_of(code)) == 1 else None)
        for code in sorted(roster.codes(form.population))
    ]
    # Of two codes with one organisation, answers are read for the later one.
    organisations = {name: code for code, name in roster.organisations.items() if name}
    return FormOrder(
        form,
        study.waves_by_id[wave],
        tuple(each for each in study.waves if form.id in each.instruments),
        languages,
        study.sites,
        site_needed=form.kind == "events" or population.sites == "one",
        people=tuple(people),
        partners=tuple(Person(organisations[name], name=name) for name in sorted(organisations)),
    )


def _wrong_names(study: Study, wave: str, instrument: str | None) -> Iterator[Problem]:
    known = study.waves_by_id.get(wave)
    if known is None:
        yield error("forms.unknown_wave", Place(wave=wave), waves=", ".join(study.waves_by_id))
    elif instrument is not None and instrument not in known.instruments:
        place = Place(instrument=instrument, wave=wave)
        yield error("forms.unknown_instrument", place, names=", ".join(known.instruments))


def _unwritable(form: Instrument, languages: tuple[Language, ...]) -> Iterator[Problem]:
    """Give what no platform could hold: a language that the questionnaire lacks, names that forms use."""
    for lang in languages:
        if lang not in form.languages:
            yield error("forms.language_missing", Place(instrument=form.id), language=lang)
    for item in form.items:
        if item.id in _TAKEN:
            yield error("forms.name_taken", Place(instrument=form.id, item=item.id))


def _placed(problem: Problem, form: Instrument) -> Problem:
    return replace(problem, where=replace(problem.where, instrument=form.id))


def _saved(folder: Path, files: list[FormFile]) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).write_bytes(file.content)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("forms.not_writable", Place(file=str(folder)), reason=reason)]) from None
    return tuple(dict.fromkeys(folder / file.name for file in files))
