"""Tables as LaTeX: a tabular with the rules of booktabs."""

from __future__ import annotations

import pandas as pd

from evalkit.models.table_format import TableFormat

DIGITS = 3
ESCAPED = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _content(name: str, table: pd.DataFrame) -> bytes:
    numeric = [pd.api.types.is_numeric_dtype(table[column]) for column in table]
    lines = [
        f"% {name}: needs the package booktabs",
        rf"\begin{{tabular}}{{{''.join('r' if n else 'l' for n in numeric)}}}",
        r"\toprule",
        " & ".join(_word(str(column)) for column in table) + r" \\",
        r"\midrule",
        *(" & ".join(_cell(value) for value in row) + r" \\" for row in table.itertuples(index=False)),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        return f"${value:.{DIGITS}f}$"
    return _word(str(value))


def _word(text: str) -> str:
    return "".join(ESCAPED.get(letter, letter) for letter in text)


FORMAT = TableFormat("tex", _content)
