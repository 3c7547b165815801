"""What shared tables may show, taken together."""

from evalkit.disclosure.attack import feasible_ranges, recoverable
from evalkit.disclosure.cell import Cell, Key, Kind, Reason, Spot, Suppressed, Suppression, count_cell
from evalkit.disclosure.disclosed_table import (
    DisclosedTable,
    DisclosureError,
    TableRequest,
    disclose,
    disclose_together,
    slice_of,
)
from evalkit.disclosure.relation import Relation, equal, total, weighted_mean
from evalkit.disclosure.rule import DisclosureRule

__all__ = [
    "Cell",
    "DisclosedTable",
    "DisclosureError",
    "DisclosureRule",
    "Key",
    "Kind",
    "Reason",
    "Relation",
    "Spot",
    "Suppressed",
    "Suppression",
    "TableRequest",
    "count_cell",
    "disclose",
    "disclose_together",
    "equal",
    "feasible_ranges",
    "recoverable",
    "slice_of",
    "total",
    "weighted_mean",
]
