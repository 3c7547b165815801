"""How every part of a table becomes columns: settled by the first, the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.chunk_scales import ChunkScales
from evalkit.models.design_columns import ColumnSpec, design_columns, names_used
from evalkit.models.formula import MixedFormula
from evalkit.models.losses import level_name
from evalkit.models.model_frame import check_kinds, explaining_columns, needed_columns
from evalkit.models.predicting import categories_of, levels_of
from evalkit.problems import Place, error
from evalkit.texts.phrases import Phrase, phrase

Kind = Literal["numbers", "words", "truths", "dates"]


@dataclass(frozen=True)
class PartPlan:
    """Hold what turns a part into columns.

    Parameters
    ----------
    formula : with odd names quoted. weights : a column, if any.
    kinds : by column, `numbers`, `words`, `truths` or `dates`.
    levels : of each category of the formula, in order.
    fixed_spec, effect_specs : how to make the columns; none for a plain intercept. names : p names.
    effects : by random term, names of its columns.
    scales : of the engine's sums; none until a part has been summed.
    """

    formula: MixedFormula
    weights: str | None
    kinds: Mapping[str, Kind]
    levels: Mapping[str, tuple[Any, ...]]
    fixed_spec: ColumnSpec
    effect_specs: tuple[ColumnSpec | None, ...]
    names: tuple[str, ...]
    effects: tuple[tuple[str, ...], ...]
    scales: ChunkScales | None = None


def make_plan(
    formula: MixedFormula, weights: str | None, first: pd.DataFrame, levels: Mapping[str, Sequence[Any]]
) -> PartPlan:
    """Settle how parts become columns.

    Parameters
    ----------
    first : complete rows of the first part, with the categories that its columns declare.
    levels : of categories, where more than the first part was looked at.

    Raises
    ------
    ProblemsFound
        Columns that are neither numbers nor words; functions of the whole column.
    """
    check_kinds(first, explaining_columns(formula), weights)
    wanted = categories(formula, first)
    known = {name: tuple(levels.get(name, levels_of(first[name]))) for name in wanted}
    sample = _one_row_a_level(first, known)
    fixed = design_columns(formula.fixed, sample)
    parts = [None if bar.effects == "1" else design_columns(bar.effects, sample) for bar in formula.bars]
    specs = [fixed.spec, *(part.spec for part in parts if part is not None)]
    if formula.outcome.strip("`") not in first:
        specs.append(design_columns(f"0 + {formula.outcome}", sample).spec)
    whole = sorted({str(name) for spec in specs for name in getattr(spec, "transform_state", {})})
    if whole:
        raise ProblemsFound([error("mixed.whole_column_needed", functions=", ".join(whole))])
    return PartPlan(
        formula,
        weights,
        {name: kind_of(first[name]) for name in sorted(needed_columns(formula, weights))},
        known,
        fixed.spec,
        tuple(None if part is None else part.spec for part in parts),
        fixed.names,
        tuple(("(Intercept)",) if part is None else part.names for part in parts),
    )


def categories(formula: MixedFormula, first: pd.DataFrame) -> list[str]:
    """Return the columns that the formula takes as categories."""
    found: list[str] = []
    sides = [formula.fixed, *(bar.effects for bar in formula.bars if bar.effects != "1")]
    for side in sides:
        found += categories_of(design_columns(side, first).spec, first)
        used = names_used(side)
        found += [name for name in first if name in used and kind_of(first[name]) == "words"]
    return list(dict.fromkeys(found))


def _said(kind: Kind) -> Phrase:
    return phrase(f"models.kind.{kind}")


def kind_of(column: pd.Series) -> Kind:
    """Return what a column holds, whatever it is stored as."""
    kinds = pd.api.types
    if kinds.is_bool_dtype(column.dtype):
        return "truths"
    if kinds.is_numeric_dtype(column.dtype):
        return "numbers"
    return "dates" if kinds.is_datetime64_any_dtype(column.dtype) else "words"


def check_part(plan: PartPlan, frame: pd.DataFrame, place: Place) -> None:
    """Refuse a part whose columns hold another kind of values than the first's, or new categories."""
    problems = []
    for name, kind in plan.kinds.items():
        own = kind_of(frame[name])
        if own != kind:
            where = Place(file=place.file, part=place.part, column=name)
            problems.append(error("mixed.part_kind", where, kind=_said(own), first=_said(kind)))
        elif name in plan.levels:
            known = {level_name(level) for level in plan.levels[name]}
            new = {level_name(level) for level in frame[name].unique().tolist()} - known
            where = Place(file=place.file, part=place.part, column=name)
            if new:
                problems.append(error("mixed.new_category", where, values=", ".join(sorted(new)[:5])))
    if problems:
        raise ProblemsFound(problems)


def _one_row_a_level(first: pd.DataFrame, levels: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return rows in which every level of every category occurs, by which columns are laid out."""
    rows = max([min(len(first), 50), *(len(own) for own in levels.values())])
    sample = first.iloc[[k % len(first) for k in range(rows)]].reset_index(drop=True)
    columns = {}
    for name, own in levels.items():
        values = [own[k % len(own)] for k in range(rows)]
        declared = isinstance(first[name].dtype, pd.CategoricalDtype)
        columns[name] = pd.Series(pd.Categorical(values, categories=list(own)) if declared else values)
    return sample.assign(**columns)
