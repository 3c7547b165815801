"""Find the partners that the columns of a repeated item name."""

from __future__ import annotations

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error
from evalkit.responses.matching.cell_reading import plain_words
from evalkit.responses.matching.layout import Layout
from evalkit.study.roster import Roster


def partners_by_code(
    layout: Layout, instrument: Instrument, roster: Roster
) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Return the layout's parts with partners by their codes, and the partners that nobody knows."""
    parts, problems = {}, []
    organisations = {plain_words(name): name for name in roster.organisations.values() if name}
    # An id of another platform may be used in several populations: that of the questionnaire comes first.
    populations = dict.fromkeys([instrument.population, *roster.codes_by_population])
    for item, found in layout.parts.items():
        if instrument.item(item).repeat is None:
            parts[item] = dict(found)
            continue
        parts[item] = {}
        for name, column in found.items():
            known = (roster.find(population, name) for population in populations)
            partner = next((code for code in known if code is not None), None)
            if partner is None:
                partner = organisations.get(plain_words(name))
            where = Place(column=column, item=item)
            if partner is None:
                problems.append(error("import.unknown_partner", where, value=name))
            elif partner in parts[item]:
                problems.append(error("import.part_twice", where, other=parts[item][partner], part=partner))
            else:
                parts[item][partner] = column
    return parts, problems
