"""Write a scenario's file that people can read and change: every value with its range and its source."""

from __future__ import annotations

from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.power.assumptions import ASSUMPTIONS
from evalkit.power.scenario_file import PlannedOutcome, PlannedSite, ScenarioFile
from evalkit.problems import Place, error
from evalkit.study.folder import folder_faults
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language

# Keys of the file, and the assumption that each one is.
PLAIN = ("residents", "response", "refreshment", "wave_skip", "item_missing", "cac", "stability")


def write_scenario(file: ScenarioFile, path: Path, lang: Language, *, replace: bool = False) -> None:
    """Write a scenario with comments in a language.

    Parameters
    ----------
    file : what it says.
    path : where; a file that stands there is left alone unless `replace`.
    lang : of the comments.

    Raises
    ------
    ProblemsFound : a file stands there already, or the folder cannot be written.
    """
    if path.exists() and not replace:
        raise ProblemsFound([error("power.scenario_stands", Place(file=str(path)))])
    text = scenario_text(file, lang)
    with folder_faults(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def scenario_text(file: ScenarioFile, lang: Language) -> str:
    """Return the YAML of a scenario.

    Examples
    --------
    >>> text = scenario_text(ScenarioFile(), "en")
    >>> [line for line in text.splitlines() if line.startswith("cac:")]
    ['cac: 0.8  # usual 0.5 to 0.95; cluster autocorrelations of 16 data sets (PMC10683336)']
    """
    lines = [f"# {_say('head', lang)}", *_sites(file, lang), f"treated: {file.treated}"]
    waves = f"[{', '.join(map(_plain, file.waves))}]" if isinstance(file.waves, tuple) else str(file.waves)
    lines += [f"waves: {waves}  # {_say('waves', lang)}"]
    lines += [f"{name}: {_plain(getattr(file, name))}{_range(name, lang)}" for name in PLAIN]
    lines += [
        "leaving:",
        f"  yearly: {_plain(file.leaving.yearly)}{_range('attrition', lang)}",
        f"  by_score: {_plain(file.leaving.by_score)}  # {_say('by_score', lang)}",
        "effect:",
        f"  shape: {file.effect.shape}  # {_say('shape', lang)}",
        f"  yearly: {_plain(file.effect.yearly)}{_range('yearly_change', lang)}",
        f"  plateau: {_plain(file.effect.plateau)}{_range('plateau', lang)}",
        f"  lag: {_plain(file.effect.lag)}  # {_say('lag', lang)}",
        f"between_outcomes: {_plain(file.between_outcomes)}{_range('between_outcomes', lang)}",
        f"outcomes:  # {_say('outcomes', lang)}",
        *(_outcome(outcome) for outcome in file.outcomes),
        f"goal: {_plain(file.goal)}  # {_say('goal', lang)}",
    ]
    if file.prices is not None:
        prices = file.prices.model_dump()
        lines += ["prices:", *(f"  {name}: {value}" for name, value in prices.items())]
    return "\n".join(lines) + "\n"


def _sites(file: ScenarioFile, lang: Language) -> list[str]:
    if isinstance(file.sites, tuple):
        return [f"sites:  # {_say('sites', lang)}", *(_site(site) for site in file.sites)]
    counts = ", ".join(f"{arm}: {number}" for arm, number in file.sites.items())
    return [f"sites: {{{counts}}}  # {_say('sites', lang)}"]


def _site(site: PlannedSite) -> str:
    known = {"id": site.id, "arm": site.arm, "residents": site.residents, "start": site.start}
    return "  - {" + ", ".join(f"{name}: {value}" for name, value in known.items() if value is not None) + "}"


def _outcome(outcome: PlannedOutcome) -> str:
    known = outcome.model_dump(exclude={"effect"})
    return "  - {" + ", ".join(f"{name}: {_plain(value)}" for name, value in known.items()) + "}"


def _range(name: str, lang: Language) -> str:
    known = ASSUMPTIONS[name]
    if known.low is None or known.high is None:
        return ""
    ends = {"low": Number(known.low, _digits(known.low)), "high": Number(known.high, _digits(known.high))}
    return f"  # {_say('range', lang, **ends)}; {phrase(f'power_sources.{known.source}').say(lang)}"


def _digits(value: float) -> int:
    return len(str(value).rstrip("0").partition(".")[2])


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _say(key: str, lang: Language, **values: object) -> str:
    return phrase(f"power_sources.{key}", **values).say(lang)
