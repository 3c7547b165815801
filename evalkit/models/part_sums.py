"""What a part of a table leaves behind: sums for the engine, and counts for who reads the fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.chunk_scales import Chunk, scales_of
from evalkit.mixed.chunk_sums import ChunkSums, sum_chunk
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.models.design_columns import columns_for
from evalkit.models.formula import MixedFormula
from evalkit.models.grouping import Grouping, group_codes
from evalkit.models.losses import Losses, level_name, losses_of, missing_values
from evalkit.models.model_frame import needed_columns, needed_table, outcome_of
from evalkit.models.part_plan import PartPlan, check_part
from evalkit.models.parts import Block, Unit, blocks_of
from evalkit.models.table import as_table, without_loose_types
from evalkit.problems import Place, Problem, error

COUNTED = ("wave", "site")


@dataclass(frozen=True)
class NumberFacts:
    """Hold what is known of a column of numbers: its sum, least and largest value."""

    total: float
    low: float
    high: float

    def joined(self, other: NumberFacts) -> NumberFacts:
        """Return the facts of two parts together."""
        return NumberFacts(self.total + other.total, min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True)
class PartSums:
    """Hold what a part leaves behind; no row of it.

    Parameters
    ----------
    losses : rows left out. sums : none where no row was complete.
    labels : by grouping, its levels in the part. numbers : by column of numbers.
    levels : by category, and wave and site, levels that complete rows hold.
    """

    losses: Losses
    sums: ChunkSums | None = None
    labels: Mapping[str, npt.NDArray[np.object_]] = field(default_factory=dict)
    numbers: Mapping[str, NumberFacts] = field(default_factory=dict)
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict)


def sum_unit(unit: Unit, plan: PartPlan, columns: Sequence[str], rows: int) -> Iterator[PartSums]:
    """Sum the blocks of a unit, one after the other."""
    for block in blocks_of(unit, columns, rows):
        yield sum_block(block, plan)


def complete_block(block: Block, formula: MixedFormula, weights: str | None) -> tuple[pd.DataFrame, Losses]:
    """Return the complete rows of a block, and what was lost."""
    table = needed_table(as_table(block.data), formula, weights, COUNTED)
    missing = missing_values(table, needed_columns(formula, weights))
    losses = losses_of(table, missing, COUNTED)
    if missing:
        table = table.loc[~np.logical_or.reduce(list(missing.values()))].reset_index(drop=True)
    return table, losses


def sum_block(block: Block, plan: PartPlan) -> PartSums:
    """Sum one block.

    Raises
    ------
    ProblemsFound
        Columns that are missing or of another kind, new categories, values that are not finite; each with
        the file and part.
    """
    try:
        table, losses = complete_block(block, plan.formula, plan.weights)
        if not len(table):
            return PartSums(losses)
        frame = without_loose_types(table)
        check_part(plan, frame, block.place)
        groupings = {bar.name: group_codes(_steady(frame, bar.group), bar.group) for bar in plan.formula.bars}
        chunk = _chunk(plan, frame, groupings)
        sums = sum_chunk(chunk, plan.scales or scales_of(chunk))
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", block.place, **fault.values)]) from fault
    except ProblemsFound as found:
        raise ProblemsFound([_placed(problem, block.place) for problem in found.problems]) from found
    named = {name: grouping.labels for name, grouping in groupings.items()}
    return PartSums(losses, sums, named, _numbers(plan, frame), _levels(plan, frame))


def with_scales(plan: PartPlan, block: Block) -> PartPlan:
    """Return the plan with the scales of a block that has complete rows."""
    table, _ = complete_block(block, plan.formula, plan.weights)
    frame = without_loose_types(table)
    groupings = {bar.name: group_codes(_steady(frame, bar.group), bar.group) for bar in plan.formula.bars}
    try:
        return replace(plan, scales=scales_of(_chunk(plan, frame, groupings)))
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", block.place, **fault.values)]) from fault


def _placed(problem: Problem, place: Place) -> Problem:
    where = replace(problem.where, file=problem.where.file or place.file, part=place.part)
    return replace(problem, where=where)


def _chunk(plan: PartPlan, frame: pd.DataFrame, groupings: Mapping[str, Grouping]) -> Chunk:
    terms = tuple(
        RandomTerm(groupings[bar.name].codes, columns_for(spec, frame), bar.correlated, bar.name, effects)
        for bar, spec, effects in zip(plan.formula.bars, plan.effect_specs, plan.effects, strict=True)
    )
    return Chunk(
        outcome_of(plan.formula.outcome, frame),
        columns_for(plan.fixed_spec, frame),
        terms,
        None if plan.weights is None else frame[plan.weights].to_numpy(dtype=float),
        tuple(pd.util.hash_array(own.labels, categorize=False) for own in groupings.values()),
    )


def _steady(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Write whole numbers alike in all parts: one with a missing value had them as floats."""
    floats = {name: frame[name] for name in columns if frame[name].dtype.kind == "f"}
    if not floats:
        return frame
    whole = {name: (column % 1 == 0).all() for name, column in floats.items()}
    steady = {
        name: column.astype("int64") if whole[name] else column.map(level_name)
        for name, column in floats.items()
    }
    return frame.assign(**steady)


def _numbers(plan: PartPlan, frame: pd.DataFrame) -> dict[str, NumberFacts]:
    names = [name for name, kind in plan.kinds.items() if kind == "numbers" and name not in plan.levels]
    columns = {name: frame[name].to_numpy(dtype=float) for name in names}
    return {n: NumberFacts(float(v.sum()), float(v.min()), float(v.max())) for n, v in columns.items()}


def _levels(plan: PartPlan, frame: pd.DataFrame) -> dict[str, frozenset[str]]:
    names = [name for name in (*plan.levels, *COUNTED) if name in frame]
    return {name: frozenset(level_name(level) for level in frame[name].unique().tolist()) for name in names}
