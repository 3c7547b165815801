"""What `evalkit fit --sensitivity` does and prints: one table, the furthest of each kind of choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evalkit.cli.showing import command_language, progress_bar, show_table, tell

if TYPE_CHECKING:
    from evalkit.models.sensitivity_results import AnalysisSensitivity, Compared, StudySensitivity
    from evalkit.models.study_fits import StudyFits, WaveChange
    from evalkit.study.study import Study

COLUMNS = ("analysis", "choice", "contrast", "estimate", "interval", "moved")


def tried(fits: StudyFits, study: Study) -> StudySensitivity:
    """Run the sensitivity analyses and draw their pictures, with a bar."""
    from evalkit.models.running_sensitivity import run_sensitivity
    from evalkit.reports.sensitivity_pictures import write_pictures

    with progress_bar() as bar:
        task = bar.add_task("", total=None)

        def report(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        found = run_sensitivity(study, fits, progress=report)
    write_pictures(found, study)
    return found


def show_sensitivity(found: StudySensitivity, study: Study) -> None:
    """Print, of each analysis, one contrast under each kind of choice, and where the files are."""
    from evalkit.texts.phrases import phrase

    if not found.analyses:
        tell("sensitivity.nothing")
        return
    lang = command_language()
    head = [phrase(f"commands.sensitivity.{name}").say(lang) for name in COLUMNS]
    rows = [row for each in found.analyses for row in _rows(each, study)]
    show_table(head, rows, title=phrase("commands.sensitivity.title").say(lang))
    tell("sensitivity.how")
    folders = {"tables": study.out_folder / "tables", "figures": study.out_folder / "figures"}
    tell("sensitivity.done", **{name: str(folder) for name, folder in folders.items()})


def sensitivity_facts(found: StudySensitivity) -> dict[str, Any]:
    """Return the table of `out/tables/sensitivity.csv` as plain values, for `--json`."""
    from evalkit.models.fit import records

    return {"sensitivity": records(found.table())}


def _rows(each: AnalysisSensitivity, study: Study) -> Iterator[list[Any]]:
    """Give the main result, then each kind of choice: the one that moves it most, or why there is none."""
    from evalkit.models.sensitivity_results import shown_change
    from evalkit.texts.phrases import Phrase, phrase

    change, name = shown_change(each.found, study), each.found.analysis.id
    between = phrase("commands.fit.waves", since=change.since, wave=change.wave)
    yield [name, phrase("sensitivity.main.row"), between, *_numbers(change.found), None]
    of_change = each.of(change)
    for kind, variants in each.tried.items():
        if isinstance(variants, Phrase):
            yield [None, phrase(f"sensitivity.{kind}.title"), variants, None, None, None]
            continue
        own = [one for one in of_change if one.sensitivity == kind]
        drawn = [one for one in own if one.variant.drawn]
        furthest = max(drawn, key=lambda one: abs(one.moved or 0.0), default=None)
        for one in ([furthest] if furthest is not None else []) + [o for o in own if not o.variant.drawn]:
            yield _row(one)
        if not own:
            yield from (_row(one) for one in _placebos(each, kind, change))


def _placebos(each: AnalysisSensitivity, kind: str, change: WaveChange) -> list[Compared]:
    """Return placebos of the shown contrast; all of them where a placebo has contrasts of its own."""
    from evalkit.models.variation import key_of

    found = [one for one in each.compared() if one.sensitivity == kind and one.moved is None]
    same = [one for one in found if key_of(one.one.contrast) == key_of(change.contrast)]
    return same or found


def _row(one: Compared) -> list[Any]:
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    contrast = one.one.contrast
    between = phrase("commands.fit.waves", since=contrast.since, wave=contrast.wave)
    moved = None if one.moved is None else Number(one.moved, 1, signed=True)
    return [None, one.variant.name, between, *_numbers(one.one.test), moved]


def _numbers(found: Any) -> list[Any]:
    """Return estimate and interval as words, of a test or of a change of sites."""
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    estimate = None if found.estimate is None else Number(found.estimate, 1, signed=True)
    if found.conf_low is None or found.conf_high is None:
        return [estimate, phrase("commands.fit.withheld")]
    low, high = (Number(end, 1, signed=True) for end in (found.conf_low, found.conf_high))
    return [estimate, phrase("commands.fit.between", low=low, high=high)]
