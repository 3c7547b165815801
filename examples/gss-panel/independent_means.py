"""Compute the means by wave straight from the files of the panel, without evalkit.

Usage: python independent_means.py DIR
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyreadstat

TRUSTING = {"trust": 1.0, "fair": 2.0, "helpful": 1.0}


def means_of(file: Path) -> dict[str, float]:
    """Return the respondents and the three outcome means (0 to 100) of one wave."""
    frame, _ = pyreadstat.read_sav(str(file))
    frame = frame[frame["year"].notna()]
    yes = np.column_stack(
        [np.where(frame[name].isna(), np.nan, frame[name] == code) for name, code in TRUSTING.items()]
    )
    answered = (~np.isnan(yes)).sum(axis=1)
    trust = np.nansum(yes, axis=1)[answered >= 2] / answered[answered >= 2]
    fear, evenings = frame["fear"].dropna(), frame["socommun"].dropna()
    return {
        "respondents": len(frame),
        "trust": 100 * float(trust.mean()),
        "security": 100 * float((fear == 2).mean()),
        "contact": 100 * float(((7 - evenings) / 6).mean()),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(json.dumps({f"w{n}": means_of(folder / f"gss_panel_wave{n}.sav") for n in (1, 2, 3)}, indent=2))
