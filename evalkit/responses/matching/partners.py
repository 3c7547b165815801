"""Find the partners that the columns of a repeated item name."""

from __future__ import annotations

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error
from evalkit.responses.matching.layout import Layout
from evalkit.study.roster import Roster


def partners_by_code(
    layout: Layout, instrument: Instrument, roster: Roster
) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Return the layout's parts with partners by their codes, and the partners that nobody knows."""
    parts, problems = {}, []
    organisations = {name for name in roster.organisations.values() if name}
    for item, found in layout.parts.items():
        if instrument.item(item).repeat is None:
            parts[item] = dict(found)
            continue
        parts[item] = {}
        for name, column in found.items():
            partner = roster.find(instrument.population, name)
            if partner is None and name in organisations:
                partner = name
            if partner is None:
                where = Place(column=column, item=item)
                problems.append(error("import.unknown_partner", where, value=name))
            else:
                parts[item][partner] = column
    return parts, problems
