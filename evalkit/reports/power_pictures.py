"""Draw the power of a design: curves over one assumption, and the map of sites by residents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.power.advice_words import power_in_words, size_of
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.expected_power import expected_power
from evalkit.power.question import Question
from evalkit.power.scaled_power import ScaledPower
from evalkit.power.scenario import Scenario
from evalkit.power.simulated_power import DesignWorth, SimulatedPower
from evalkit.power.varying import WHOLE
from evalkit.reports.figures.power_curve import CurveLine, PowerCurve
from evalkit.reports.figures.power_map import PowerMap
from evalkit.study.folder import folder_faults
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Language, Text, text_of

Picture = tuple[PowerCurve | PowerMap, DisclosedTable]
COLUMNS = ("power", "low", "high")
OF_SITES = (1 / 2, 2 / 3, 1, 4 / 3, 5 / 3, 2, 3, 4)
OF_RESIDENTS = (1 / 4, 1 / 2, 3 / 4, 1, 3 / 2, 2, 3)
NO_PERSON = DisclosureRule().min_respondents  # behind simulated numbers stands nobody who could be hidden
NO_NAMES: Mapping[str, Text] = MappingProxyType({})


def write_power_pictures(
    folder: Path, pictures: Mapping[str, Picture | None], languages: Sequence[Language]
) -> tuple[Path, ...]:
    """Write pictures as SVG and PNG, in every language.

    Parameters
    ----------
    folder : where they go; made when it is missing.
    pictures : by name of the file, such as `power-residents`; None is passed over.
    languages : of their words.

    Returns
    -------
    The files, `<name>.<lang>.svg` and `.png`.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    files: dict[Path, bytes] = {}
    for name, picture in pictures.items():
        if picture is not None:
            drawn, table = picture
            for lang in languages:
                files[folder / f"{name}.{lang}.svg"] = drawn(table, lang).encode()
                files[folder / f"{name}.{lang}.png"] = drawn.png(table, lang)
    with folder_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            file.write_bytes(content)
    return tuple(files)


def curve_of(
    parameter: str,
    found: Mapping[float, SimulatedPower],
    *,
    goal: float = 0.8,
    names: Mapping[str, Text] = NO_NAMES,
) -> Picture:
    """Return the curve of simulated power over a parameter, with the formula behind it.

    Parameters
    ----------
    parameter : of `evalkit.power.varying.PARAMETERS`.
    found : by value of the parameter, as `evalkit.power.simulated_power.curve` gives it.
    goal : wished power.
    names : of outcomes, by id.
    """
    values = tuple(sorted(found))
    first = found[values[0]]
    lines = tuple(_lines(first, names))
    cells = {spot: cell for n, value in enumerate(values) for spot, cell in _point(found[value], n)}
    rows = list(dict.fromkeys(row for row, _ in cells))
    table = disclose("power", cells, DisclosureRule(), rows=rows, columns=COLUMNS)
    axis = phrase(f"power.parameter.{parameter}")
    whole = parameter in WHOLE
    simulations = first.simulations
    curve = PowerCurve(
        values=values,
        lines=lines,
        goal=goal,
        title=_title(table, values, lines, goal, axis, whole),
        subtitle=phrase("power.curve.subtitle", simulations=simulations, seed=str(first.seed)),
        axis=axis,
        goal_name=phrase("power.curve.goal", goal=Percent(goal)),
        alt=_curve_alt(table, values, lines, axis, whole),
        digits=0 if whole else 2,
    )
    return curve, table


def map_of(scenario: Scenario, question: Question, *, goal: float = 0.8) -> Picture | None:
    """Return the map of power by formula over sites and residents about a design.

    None for a question whose test has no formula.

    Raises
    ------
    DegenerateDesign : when the design cannot bear a number.
    """
    expected = expected_power(scenario, question, goal)
    if expected is None:
        return None
    scaled, size = ScaledPower(scenario, expected, question.alpha), size_of(scenario)
    sites = _about(size["sites"], OF_SITES, scaled.groups, 2 * scaled.groups)
    residents = _about(size["residents"], OF_RESIDENTS, 5, 5)
    cells = {(str(r), str(s)): Cell(scaled.power(s, r), NO_PERSON) for s in sites for r in residents}
    table = disclose(
        "power_map", cells, DisclosureRule(), rows=[*map(str, residents)], columns=[*map(str, sites)]
    )
    enough = [(s, r) for s in sites for r in residents if scaled.power(s, r) >= goal]
    words = {"goal": Percent(goal), "power": power_in_words(expected.power), **size}
    drawn = PowerMap(
        sites=sites,
        residents=residents,
        current=(size["sites"], size["residents"]),
        goal=goal,
        title=phrase("power.map.title", **words),
        subtitle=phrase("power.map.subtitle", truth=Number(expected.truth), **words),
        across=phrase("power.parameter.sites"),
        up=phrase("power.parameter.residents"),
        alt=phrase("power.map.alt", enough=len(enough), of=len(sites) * len(residents), **words),
    )
    return drawn, table


def _lines(found: SimulatedPower, names: Mapping[str, Text]) -> Iterator[CurveLine]:
    outcomes = list(dict.fromkeys(design.outcome for design in found.designs))
    tests = list(dict.fromkeys(design.test for design in found.designs))
    for outcome in outcomes:
        series = outcomes.index(outcome) * len(tests)
        yield CurveLine(f"formula.{outcome}", None, series, simulated=False)
    for design in found.designs:
        series = outcomes.index(design.outcome) * len(tests) + tests.index(design.test)
        name: Text | Phrase = names.get(design.outcome, text_of(design.outcome))
        test = phrase(f"power.curve.test.{design.test}")
        if len(outcomes) > 1 and len(tests) > 1:
            name = phrase("power.curve.line", outcome=name, test=test)
        yield CurveLine(_row(design), name if len(outcomes) > 1 else test, series)


def _point(found: SimulatedPower, number: int) -> Iterator[tuple[tuple[str, str], Cell]]:
    """Give the cells of one value: power with its interval, and that of the formula."""
    for design in found.designs:
        power = design.worth.power
        if power.of:
            for column, value in zip(COLUMNS, (power.value, power.low, power.high), strict=True):
                yield (f"{_row(design)}.{number}", column), Cell(value, NO_PERSON)
    for question in found.questions:
        try:
            expected = expected_power(found.scenario, question)
        except DegenerateDesign:
            continue
        if expected is not None:
            yield (f"formula.{expected.outcome}.{number}", "power"), Cell(expected.power, NO_PERSON)


def _row(design: DesignWorth) -> str:
    return f"{design.outcome}.{design.test}"


def _title(
    table: DisclosedTable,
    values: tuple[float, ...],
    lines: tuple[CurveLine, ...],
    goal: float,
    axis: Phrase,
    whole: bool,
) -> Phrase:
    """Return what the curve shows: from where on the goal is reached by its only line, or by none."""
    powers = [_powers(table, line, len(values)) for line in lines if line.simulated]
    known = {"goal": Percent(goal), "axis": axis}
    if all(power is None or power < goal for line in powers for power in line):
        return phrase("power.curve.title.below", **known)
    above = [n for n, power in enumerate(powers[0]) if power is not None and power >= goal]
    if len(powers) == 1 and above == list(range(above[0], len(values))) and above[0] > 0:
        return phrase("power.curve.title.from", value=Number(values[above[0]], 0 if whole else 2), **known)
    return phrase("power.curve.title.mixed", **known)


def _curve_alt(
    table: DisclosedTable, values: tuple[float, ...], lines: tuple[CurveLine, ...], axis: Phrase, whole: bool
) -> Phrase:
    powers = [
        p for line in lines if line.simulated for p in _powers(table, line, len(values)) if p is not None
    ]
    ends = {
        name: Number(value, 0 if whole else 2) for name, value in (("first", values[0]), ("last", values[-1]))
    }
    low, high = (min(powers), max(powers)) if powers else (0.0, 0.0)
    return phrase("power.curve.alt", axis=axis, low=Percent(low), high=Percent(high), **ends)


def _powers(table: DisclosedTable, line: CurveLine, count: int) -> list[float | None]:
    return [table.number(f"{line.row}.{number}", "power") for number in range(count)]


def _about(current: int, factors: Sequence[float], step: int, least: int) -> tuple[int, ...]:
    """Return round numbers about a current one, and itself."""
    numbers = {max(least, step * round(current * factor / step)) for factor in factors}
    return tuple(sorted(numbers | {current}))
