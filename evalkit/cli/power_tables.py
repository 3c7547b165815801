"""What `evalkit power` prints: the design, what a formula and a simulation say of it, and what follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evalkit.cli.showing import command_language, show_table, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.power.answering import Answer
    from evalkit.power.diagnosands import Share
    from evalkit.power.simulated_power import DesignWorth
    from evalkit.texts.phrases import Phrase

ABSENT = "—"
SHOWN = ("power", "false", "coverage", "bias", "width", "sign", "size")


def show_answer(found: Answer) -> None:
    """Print an answer, part by part."""
    _show_design(found)
    _show_formula(found)
    if found.simulated is not None:
        _show_simulation(found)
    if found.request.curve is not None:
        _show_curve(found)
    _show_searches(found)
    _show_advice(found)


def show_files(files: Sequence[Path], folder: Path) -> None:
    """Say what stands where."""
    if files:
        tell("power.files", count=len(files), folder=str(folder))


def _show_advice(found: Answer) -> None:
    from evalkit.cli.showing import show_sentences
    from evalkit.power.advice_words import advice_words

    if found.advice is not None:
        tell("power.advice")
        show_sentences(advice_words(found.advice))


def _show_design(found: Answer) -> None:
    from evalkit.texts.numbers import Number

    scenario = found.plan.scenario
    arms = [arm for arm in dict.fromkeys(scenario.arms.values()) if arm is not None]
    counts = [f"{arm} {sum(a == arm for a in scenario.arms.values())}" for arm in arms]
    tell(
        "power.design",
        sites=len(scenario.sites),
        arms=", ".join(counts) or ABSENT,
        residents=Number(sum(scenario.sizes) / len(scenario.sizes), 0),
        waves=len(scenario.times),
        years=Number(scenario.times[-1], 1),
    )
    tell("power.source_file" if found.plan.source else "power.source_none", file=str(found.plan.source))
    if found.plan.pilot is not None:
        tell("power.pilot", name=found.plan.pilot)
    for question in found.plan.questions[:1]:
        tell("power.question", question=question.analysis.question)


def _show_formula(found: Answer) -> None:
    from evalkit.texts.numbers import Number, Percent

    sds = {measure.id: measure.sd for measure in found.plan.scenario.measures}
    rows = []
    for outcome, part in found.expected.items():
        if part is None:
            tell("power.no_formula", outcome=outcome)
            continue
        rows.append(
            (
                outcome,
                _points(part.truth, sds[outcome]),
                Percent(part.power),
                _points(part.smallest_effect, sds[outcome]),
                Number(part.half_width, 1),
                Number(part.df, 0),
                Percent(part.from_sites),
            )
        )
    if rows:
        names = ("outcome", "truth", "power", "smallest", "half_width", "df", "from_sites")
        show_table([_head(name) for name in names], rows, title=_title("by_formula"))
        tell("power.smallest_means", goal=Percent(found.plan.file.goal))


def _show_simulation(found: Answer) -> None:
    assert found.simulated is not None, "asked with a simulation"
    several = len({design.test for design in found.simulated.designs}) > 1
    names = ["outcome", *(["test"] if several else []), *SHOWN]
    rows = [[_cells(design)[name] for name in names] for design in found.simulated.designs]
    count, seed = found.simulated.simulations, str(found.simulated.seed)
    test = "" if several else _word(f"test.{found.simulated.designs[0].test}").say(command_language())
    key = "by_simulation" if several else "by_simulation_of_one"
    title = _title(key, count=count, seed=seed, test=test)
    show_table([_head(name) for name in names], rows, title=title)
    tell("power.simulation_means")
    for design in found.simulated.designs:
        worth = design.worth
        if worth.failed or worth.withheld:
            counts = {"failed": worth.failed, "withheld": worth.withheld, "of": count}
            tell("power.not_tested", test=_test(design), **counts)
        if worth.singular:
            tell("power.singular", test=_test(design), count=worth.singular, of=count)
    for test_name, shares in found.simulated.joint.items():
        any_of, all_of = _share(shares["any"]), _share(shares["all"])
        tell("power.joint", test=_word(f"test.{test_name}"), any=any_of, all=all_of)


def _cells(design: DesignWorth) -> dict[str, object]:
    from evalkit.texts.numbers import Number, Percent

    worth = design.worth
    sign, size = worth.wrong_sign, worth.exaggeration
    return {
        "outcome": design.outcome,
        "test": _word(f"test.{design.test}"),
        "power": _share(worth.power),
        "false": _share(design.false_positives),
        "coverage": _share(worth.coverage),
        "bias": Number(worth.bias, 1, signed=True),
        "width": Number(worth.width, 1),
        "sign": ABSENT if sign is None or not sign.of else Percent(sign.value),
        "size": ABSENT if size is None or math.isnan(size) else Number(size, 1),
    }


def _show_curve(found: Answer) -> None:
    from evalkit.texts.numbers import Number, Percent

    assert found.request.curve is not None, "asked with a curve"
    name, values = found.request.curve
    rows = []
    for value in values:
        formula, simulated = found.expected_curve.get(value), found.curve.get(value)
        shares = [_share(design.worth.power) for design in simulated.designs] if simulated else []
        known = ABSENT if formula is None else Percent(formula.power)
        rows.append((Number(value, 0 if value == int(value) else 2), known, *shares))
    heads = _series(next(iter(found.curve.values())).designs) if found.curve else []
    show_table([name, _head("formula"), *heads], rows, title=_title("curve", along=name))


def _show_searches(found: Answer) -> None:
    from evalkit.texts.numbers import Number, Percent

    goal = Percent(found.plan.file.goal)
    if found.smallest_effect is not None and found.simulated is not None:
        truth, factor = found.simulated.designs[0].worth.truth, found.smallest_effect.value
        sd = found.plan.scenario.measures[0].sd
        if factor is None:
            tell("power.mdes_none", goal=goal, most=_points(12 * truth, sd))
        else:
            effect = _points(factor * truth, sd)
            tell("power.mdes", goal=goal, effect=effect, power=_share(found.smallest_effect.power))
    if found.number is not None:
        wished, over = Percent(found.request.number_for or 0.0), _word(f"over.{found.request.over}")
        most = found.number.tried[-1][0]
        share = _share(found.number.power)
        if found.number.value is None:
            tell("power.number_none", goal=wished, most=Number(most, 0), over=over, power=share)
        else:
            tell("power.number", goal=wished, number=Number(found.number.value, 0), over=over, power=share)


def _points(points: float, sd: float) -> str:
    from evalkit.texts.numbers import Number
    from evalkit.texts.phrases import phrase

    return phrase("commands.power.points", points=Number(points, 1), sds=Number(points / sd, 2)).say(
        command_language()
    )


def _share(share: Share | None) -> str:
    """Return a share with its interval, such as 62 % (59-65)."""
    from evalkit.texts.numbers import Number, Percent
    from evalkit.texts.phrases import phrase

    if share is None or math.isnan(share.value):
        return ABSENT
    lang = command_language()
    if not share.of:
        return Percent(share.value).say(lang)
    ends = {"low": Number(100 * share.low, 0), "high": Number(100 * share.high, 0)}
    return phrase("commands.power.share", share=Percent(share.value), **ends).say(lang)


def _test(design: DesignWorth) -> str:
    return f"{design.outcome}, {_word(f'test.{design.test}').say(command_language())}"


def _series(designs: Sequence[DesignWorth]) -> list[str]:
    """Return what heads the columns of a curve: outcomes, and tests where there are several."""
    several = len({design.test for design in designs}) > 1
    return [_test(design) if several else design.outcome for design in designs]


def _head(name: str) -> str:
    return _word(f"head.{name}").say(command_language())


def _title(name: str, **values: object) -> str:
    from evalkit.texts.phrases import phrase

    return phrase(f"commands.power.{name}", **values).say(command_language())


def _word(key: str) -> Phrase:
    from evalkit.texts.phrases import phrase

    return phrase(f"commands.power.{key}")
