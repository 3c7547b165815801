"""Draw a site log: a worker who arrives, a post that stands vacant for a while, activities and meetings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from evalkit.responses.site_log import ACTIVITY, ARRIVES, FILLED, MEETING, MONEY, VACANT
from evalkit.study.study import Study
from evalkit.study.wave import Wave

INSTRUMENT = "site-log"
WEEKHOURS = 28
VACANT_MONTHS = 4
BETWEEN_ACTIVITIES, BETWEEN_MEETINGS = 16, 45  # days, on average
DAYS_A_MONTH = 30


def log_frame(study: Study, wave: Wave, since: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the events between two waves, as a file of codes: one row an event.

    Parameters
    ----------
    study : its sites that have started keep a log.
    wave : whose file it is; the log ends with its field period.
    since : first day that belongs to this file.
    rng : source of chance.
    """
    rows: list[dict[str, Any]] = []
    for number, site in enumerate(site for site in study.sites if site.started is not None):
        assert site.started is not None, "sites that never started keep no log"
        first, last = max(since, site.started), wave.field[1]
        rows += [{"site": site.id, **event} for event in _events(first, last, site.started, number, rng)]
    frame = pd.DataFrame(rows).sort_values(["day", "site"], kind="stable").reset_index(drop=True)
    names = [f"{wave.id}-{row + 1:04d}" for row in range(len(frame))]
    dated = frame.assign(respondent=names, started=frame["day"], ended=frame["day"])
    items = [item.id for item in study.instruments[INSTRUMENT].items]
    return dated.reindex(columns=["respondent", "site", "started", "ended", *items])


def _events(
    first: date, last: date, started: date, number: int, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    if first == started:
        yield {"day": started, "event": ARRIVES, "weekhours": WEEKHOURS}
        yield {"day": started + timedelta(days=20), "event": MONEY, "amount": 12_000}
    leaves = started + timedelta(days=int(210 + 60 * number))
    returns = leaves + timedelta(days=DAYS_A_MONTH * VACANT_MONTHS)
    if first <= leaves <= last:
        yield {"day": leaves, "event": VACANT}
    if first <= returns <= last:
        yield {"day": returns, "event": FILLED, "weekhours": WEEKHOURS}
    day = first
    while (day := day + timedelta(days=int(rng.integers(8, 2 * BETWEEN_ACTIVITIES - 8)))) < last:
        if not leaves <= day < returns:
            ages = sorted(rng.choice(np.arange(1, 8), size=int(rng.integers(1, 4)), replace=False))
            words = " ".join(str(int(code)) for code in ages)
            given = {"people": int(rng.integers(5, 40)), "hours": int(rng.integers(1, 5))}
            yield {
                "day": day,
                "event": ACTIVITY,
                "ages": words,
                "residents": int(rng.random() < 0.3),
                **given,
            }
    day = first
    while (day := day + timedelta(days=int(rng.integers(25, 2 * BETWEEN_MEETINGS - 25)))) < last:
        yield {"day": day, "event": MEETING, "people": int(rng.integers(4, 12)), "hours": 2}
