"""Make answers/neighbourhoods.csv from the block file of the source: one row a neighbourhood cluster.

Usage: python make_data.py chicago_blocks.csv
"""

import sys
from pathlib import Path

import pandas as pd

COLUMNS = {"ccahs_nc": "cluster", "CE_hlm_1995": "ce1995", "CE_hlm_2001": "ce2001"}


def thirds(values: pd.Series) -> pd.Series:
    """Return 1, 2 or 3: the third of the neighbourhoods in which each lies."""
    return pd.qcut(values, 3, labels=[1, 2, 3]).astype(int)


if __name__ == "__main__":
    clusters = pd.read_csv(sys.argv[1]).drop_duplicates("ccahs_nc").sort_values("ccahs_nc")
    area = 10 * thirds(clusters["FAC_disadv_2000"]) + thirds(clusters["FAC_stability_2000"])
    frame = clusters[list(COLUMNS)].rename(columns=COLUMNS).assign(area=area)
    target = Path(__file__).parent / "answers" / "neighbourhoods.csv"
    frame[["cluster", "area", "ce1995", "ce2001"]].to_csv(target, index=False)
