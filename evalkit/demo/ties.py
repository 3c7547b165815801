"""Draw the ties that partners report with each organisation of their local network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.instruments.instrument import Instrument, Item

TIE_SHARE = 0.7  # share of possible ties that exist


def tie_columns(instrument: Instrument, people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what partners answer to the items that repeat over the roster of partners.

    Parameters
    ----------
    instrument : the partners' questionnaire.
    people : one row a respondent, with columns `site` and `organisation`.
    rng : source of chance.

    Returns
    -------
    DataFrame, same rows, one column an item and organisation, `item.ORGANISATION`: codes towards the
    other organisations of one's own site, empty elsewhere. Without a tie an item says its lowest code,
    or that it does not apply. An instrument without such items gives no column.
    """
    items = [item for item in instrument.items if item.repeat is not None]
    organisations = people[["site", "organisation"]].drop_duplicates().sort_values(["site", "organisation"])
    columns: dict[str, npt.NDArray[np.object_]] = {}
    for site, organisation in organisations.itertuples(index=False):
        asked = ((people["site"] == site) & (people["organisation"] != organisation)).to_numpy()
        tied = rng.random(len(people)) < TIE_SHARE
        columns |= dict(_columns_of(instrument, items, str(organisation), asked, tied, rng))
    return pd.DataFrame(columns, index=people.index)


def _columns_of(
    instrument: Instrument,
    items: list[Item],
    organisation: str,
    asked: npt.NDArray[np.bool_],
    tied: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Iterator[tuple[str, npt.NDArray[np.object_]]]:
    for item in items:
        codes = [option.value for option in instrument.options_of(item)]
        absent = instrument.absent_codes.get("not_applicable")
        untied = absent if absent is not None and "not_applicable" in item.absent else codes[0]
        drawn = rng.choice(codes[1:] if len(codes) > 2 else codes, len(asked)).astype(object)
        drawn[~tied] = untied
        drawn[~asked] = None
        yield f"{item.id}.{organisation}", drawn
