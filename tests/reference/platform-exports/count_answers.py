"""Count what the two real exports hold, with the csv module alone, into `counts.json`.

KoboToolbox: for each question its answers by word, for several choices each word of the merged column.
REDCap: for each event and field its answers, for a checkbox how often each choice is ticked.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).parent
KOBO_ONE = ("gender_hoh", "displace_status", "hh_hosting", "num_hh_member", "num_hh_hosting")
KOBO_SEVERAL = ("primary_livelihood", "water_sources", "treat_drink_water_how")
REDCAP_ONE = ("sex", "race", "ethnicity", "height", "dob", "pmq1", "pmq2", "pmq4", "vld1", "vbw8")
REDCAP_BOXES = ("gym", "eat", "meds")


def kobo() -> dict[str, dict[str, int]]:
    """Count the answers of the KoboToolbox export."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with (HERE / "kobo_excerpt.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            for name in KOBO_ONE:
                found[name].update([row[name]] if row[name] else [])
            for name in KOBO_SEVERAL:
                found[name].update(row[name].split())
    return {name: dict(sorted(count.items())) for name, count in found.items()}


def redcap() -> dict[str, dict[str, dict[str, int]]]:
    """Count the answers of the REDCap export, by event."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    with (HERE / "redcap_longitudinal.csv").open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            event = found[row["redcap_event_name"]]
            for name in REDCAP_ONE:
                event[name].update([row[name]] if row[name] else [])
            for name in REDCAP_BOXES:
                ticked = (key for key, cell in row.items() if key.startswith(f"{name}___") and cell == "1")
                event[name].update(key.partition("___")[2] for key in ticked)
    return {
        event: {name: dict(sorted(count.items())) for name, count in fields.items() if count}
        for event, fields in sorted(found.items())
    }


if __name__ == "__main__":
    (HERE / "counts.json").write_text(
        json.dumps({"kobo": kobo(), "redcap": redcap()}, indent=1) + "\n", encoding="utf-8"
    )
