"""Make `kobo_excerpt.csv` from the raw data of the R package cleaningtools, exported to CSV.

    python make_kobo_excerpt.py raw_data.csv

R had changed names: `_uuid` was `X_uuid`, `water_sources/tap` was `water_sources.tap`. They get back what
KoboToolbox writes. Some questions are kept, with the columns of the platform; the id of the submission is
copied to `respondent`, which the form did not have.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

SINGLE = ("gender_hoh", "displace_status", "num_hh_member", "hh_hosting", "num_hh_hosting")
MULTIPLE = ("primary_livelihood", "water_sources", "treat_drink_water_how")
PLATFORM = ("_id", "_uuid", "_submission_time", "_status", "_index")


def kept(name: str) -> str | None:
    """Return the name that KoboToolbox gave to a column of the excerpt, or None."""
    if name.endswith(".start"):
        return "start"
    if name.startswith("X_") and name[1:] in PLATFORM:
        return name[1:]
    question, joint, choice = name.partition(".")
    if question in MULTIPLE:
        return f"{question}/{choice}" if joint else question
    return name if name in (*SINGLE, "end") else None


def main() -> None:
    """Write the excerpt beside this script."""
    with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    names = {old: new for old in rows[0] if (new := kept(old)) is not None}
    with Path(__file__).with_name("kobo_excerpt.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow([*names.values(), "respondent"])
        for row in rows:
            writer.writerow([*(row[old] for old in names), row["X_uuid"]])


if __name__ == "__main__":
    main()
