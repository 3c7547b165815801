"""Every figure comes as a file in each format."""

from __future__ import annotations

from evalkit.documents.figure_files import figure_files
from tests.documents.sample import document


def test_each_figure_has_a_file_a_format() -> None:
    files = figure_files(document(), "fr")
    assert set(files) == {"one.png", "one.svg", "two.png", "two.svg"}
    assert files["one.png"].startswith(b"\x89PNG")
    assert b"<svg" in files["two.svg"]


def test_only_the_formats_asked_for() -> None:
    assert set(figure_files(document(), "en", ["svg"])) == {"one.svg", "two.svg"}
