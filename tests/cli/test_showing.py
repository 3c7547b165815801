"""What commands print stands as it was said."""

from __future__ import annotations

import pytest

from evalkit.cli.showing import show_table


def test_square_brackets_are_words_and_not_styles(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["alpha [interval]", "n"], [["[low, high]", 3], ["[bold]", None]])
    shown = capsys.readouterr().out
    assert all(words in shown for words in ("alpha [interval]", "[low, high]", "[bold]"))
