"""Tables as CSV: numbers with all their digits."""

from __future__ import annotations

import pandas as pd

from evalkit.models.table_format import TableFormat


def _content(_name: str, table: pd.DataFrame) -> bytes:
    return bytes(table.to_csv(index=False).encode())


FORMAT = TableFormat("csv", _content)
