"""What the sensitivity analyses of a plan found, and the file that keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from evalkit.models.study_fits import AnalysisFit, WaveChange
from evalkit.models.variation import Reestimate, Variant, key_of, main_by_key
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase

Tried = tuple[Variant, ...] | Phrase
MAIN = "main"


@dataclass(frozen=True)
class Compared:
    """Hold one contrast under one choice beside its main result.

    Parameters
    ----------
    sensitivity : file of `models/sensitivity/`.
    variant, one : the choice and what it makes of the contrast.
    moved : estimate less the main one, in units of the outcome; None where the two are not comparable.
    """

    sensitivity: str
    variant: Variant
    one: Reestimate
    moved: float | None


@dataclass(frozen=True)
class AnalysisSensitivity:
    """Hold an analysis under other choices.

    Parameters
    ----------
    found : the main result.
    tried : by file of `models/sensitivity/`: variants, or why there are none.
    """

    found: AnalysisFit
    tried: Mapping[str, Tried]

    def compared(self) -> Iterator[Compared]:
        """Give every contrast under every choice beside its main result."""
        mains = main_by_key(self.found)
        for sensitivity, tried in self.tried.items():
            for variant in () if isinstance(tried, Phrase) else tried:
                for one in variant.found:
                    main = mains.get(key_of(one.contrast)) if variant.comparable else None
                    yield Compared(sensitivity, variant, one, _moved(one, main))

    def of(self, change: WaveChange) -> tuple[Compared, ...]:
        """Return what each choice makes of one contrast of the main result."""
        key = key_of(change.contrast)
        return tuple(c for c in self.compared() if c.moved is not None and key_of(c.one.contrast) == key)


@dataclass(frozen=True)
class StudySensitivity:
    """Hold the analyses of a plan under other choices."""

    analyses: tuple[AnalysisSensitivity, ...]

    def table(self) -> pd.DataFrame:
        """Return every contrast under every choice, one row each, the main result first; words in English.

        A sensitivity analysis that does not apply has one row that says why under `absent`.
        """
        return pd.DataFrame([row for each in self.analyses for row in _rows(each)], columns=list(COLUMNS))


def save_sensitivity(found: StudySensitivity, study: Study) -> None:
    """Write `out/tables/sensitivity.csv`; raises ProblemsFound when the folder cannot be written."""
    folder = study.out_folder / "tables"
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        found.table().to_csv(folder / "sensitivity.csv", index=False)


def shown_change(found: AnalysisFit, study: Study) -> WaveChange:
    """Return the contrast that a page shows of an analysis: the first that reaches the latest wave.

    One with an interval goes before one without.
    """
    order = {wave.id: place for place, wave in enumerate(study.waves)}
    return max(found.changes, key=lambda change: (change.found.conf_low is not None, order[change.wave]))


COLUMNS = (
    "analysis",
    "outcome",
    "sensitivity",
    "variant",
    "contrast",
    "since",
    "wave",
    "arm",
    "compared_with",
    "estimate",
    "std_error",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
    "n_sites",
    "moved",
    "absent",
)


def _moved(one: Reestimate, main: WaveChange | None) -> float | None:
    if main is None or main.found.estimate is None or one.test.estimate is None:
        return None
    return one.test.estimate - main.found.estimate


def _rows(each: AnalysisSensitivity) -> Iterator[dict[str, object]]:
    known: dict[str, object] = {"analysis": each.found.analysis.id, "outcome": each.found.analysis.outcome}
    for change in each.found.changes:
        one = Reestimate(change.contrast, change.beside.default, 0)
        name = phrase(f"sensitivity.{MAIN}.row").say("en")
        yield known | {"sensitivity": MAIN, "variant": name, "moved": 0.0} | _numbers(one)
    for found in each.compared():
        name = found.variant.name.say("en")
        part = {"sensitivity": found.sensitivity, "variant": name, "moved": found.moved}
        yield known | part | _numbers(found.one)
    for sensitivity, tried in each.tried.items():
        if isinstance(tried, Phrase):
            yield known | {"sensitivity": sensitivity, "absent": tried.say("en")}


def _numbers(one: Reestimate) -> dict[str, object]:
    contrast, test = one.contrast, one.test
    arm, other = (*contrast.arms, None, None)[:2]
    return {
        "contrast": contrast.name,
        "since": contrast.since,
        "wave": contrast.wave,
        "arm": arm,
        "compared_with": other,
        "estimate": test.estimate,
        "std_error": test.std_error,
        "df": test.df,
        "p_value": test.p_value,
        "conf_low": test.conf_low,
        "conf_high": test.conf_high,
        "n_sites": test.n_sites,
    }
