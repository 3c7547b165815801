"""Add up what the parts of a table leave behind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.chunk_scales import ChunkScales
from evalkit.mixed.chunks import ChunkTotals
from evalkit.mixed.design import RandomTerm
from evalkit.mixed.fitting import Prepared
from evalkit.models.design_columns import columns_for
from evalkit.models.grouping import Grouping
from evalkit.models.losses import Losses, level_name, together
from evalkit.models.model_frame import ModelFrame
from evalkit.models.part_plan import PartPlan
from evalkit.models.part_sums import NumberFacts, PartSums
from evalkit.problems import Place, Problem, error

# Of the rows of a stand-in table, beyond some for each column of the design.
ROWS = 100


class PartTotals:
    """Hold sums and counts over all parts so far; the order of parts changes nothing but rounding."""

    def __init__(self, plan: PartPlan, scales: ChunkScales) -> None:
        self.plan = plan
        self.totals = ChunkTotals(scales)
        self.codes: dict[str, dict[str, int]] = {bar.name: {} for bar in plan.formula.bars}
        self.losses = Losses()
        self.numbers: dict[str, NumberFacts] = {}
        self.levels: dict[str, frozenset[str]] = {}

    def add(self, part: PartSums) -> None:
        """Add a part."""
        self.losses = together(self.losses, part.losses)
        if part.sums is None:
            return
        places: list[IntArray] = []
        for name, known in self.codes.items():
            labels = part.labels[name].tolist()
            places.append(np.array([known.setdefault(label, len(known)) for label in labels], dtype=np.intp))
        self.totals.add(part.sums, places)
        for name, facts in part.numbers.items():
            self.numbers[name] = facts.joined(self.numbers[name]) if name in self.numbers else facts
        for name, levels in part.levels.items():
            self.levels[name] = self.levels.get(name, frozenset()) | levels

    def prepared(self) -> Prepared:
        """Return the design made ready for fits."""
        return self.totals.prepared(self.plan.names)

    def without_rows(self) -> tuple[Problem, ...]:
        """Return which categories are named and held by no complete row."""
        problems = []
        for name, levels in self.plan.levels.items():
            lone = [level_name(v) for v in levels if level_name(v) not in self.levels[name]]
            if lone:
                problems.append(
                    error("mixed.category_without_rows", Place(column=name), values=", ".join(lone))
                )
        return tuple(problems)

    def model_frame(self) -> ModelFrame:
        """Return a model frame without rows: what is known of the columns, and how to make them."""
        plan, empty = self.plan, np.empty(0, dtype=np.intp)
        data = stand_in(plan, self.numbers, self.totals.rows)
        terms = tuple(
            RandomTerm(empty, np.empty((0, len(effects))), bar.correlated, bar.name, effects)
            for bar, effects in zip(plan.formula.bars, plan.effects, strict=True)
        )
        groupings = tuple(
            Grouping(name, empty, np.array(list(known), dtype=object)) for name, known in self.codes.items()
        )
        return ModelFrame(
            plan.formula,
            data,
            np.empty(0),
            columns_for(plan.fixed_spec, data),
            None,
            plan.names,
            terms,
            groupings,
            plan.fixed_spec,
            plan.effect_specs,
            self.losses.notes(),
        )


def stand_in(plan: PartPlan, numbers: dict[str, NumberFacts], rows: int) -> pd.DataFrame:
    """Make up a table with the columns, levels, means and ranges of one whose rows were not kept.

    Terms and adjusted means ask of a table no more than its levels, its means, and rows that tell all
    columns of the design apart; so these stand for it.
    """
    rng, half = np.random.default_rng(1), (ROWS + 20 * len(plan.names)) // 2
    columns: dict[str, pd.Series] = {}
    for name, levels in plan.levels.items():
        drawn = [levels[k % len(levels)] for k in rng.permutation(max(2 * half, 2 * len(levels)))[: 2 * half]]
        words = plan.kinds[name] == "words"
        columns[name] = pd.Series(pd.Categorical(drawn, categories=list(levels)) if words else drawn)
    for name, kind in plan.kinds.items():
        if name in numbers and name not in columns:
            columns[name] = pd.Series(_about(numbers[name], rows, rng.uniform(size=half)))
        elif kind == "truths":
            columns[name] = pd.Series(rng.permutation(np.arange(2 * half) % 2 == 0))
    return pd.DataFrame(columns)


def _about(facts: NumberFacts, rows: int, shares: Array) -> Array:
    """Return pairs of numbers on both sides of the mean, within the range."""
    mean = facts.total / rows
    apart = shares * min(mean - facts.low, facts.high - mean)
    return np.concatenate([mean + apart, mean - apart])
