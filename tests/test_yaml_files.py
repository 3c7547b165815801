"""A YAML file that is wrong is refused with its line and every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.yaml_files import Model, read_yaml


class _Point(Model):
    x: int
    y: int = 0


class _Drawing(Model):
    name: str
    points: tuple[_Point, ...] = ()


def _problems(tmp_path: Path, source: str | bytes) -> list[tuple[str, int | None]]:
    file = tmp_path / "drawing.yaml"
    file.write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(ProblemsFound) as found:
        read_yaml(file, _Drawing)
    return [(p.code, p.where.line) for p in found.value.problems]


def test_reads_and_knows_lines(tmp_path: Path) -> None:
    file = tmp_path / "drawing.yaml"
    file.write_text("name: a\npoints:\n  - {x: 1}\n  - {x: 2, y: 3}\n")
    yaml = read_yaml(file, _Drawing)
    assert yaml.content.points[1].y == 3
    assert yaml.place("points", 1).line == 4
    assert yaml.place("points", 1, "y", "deeper").line == 4


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("name: a\npoints:\n\t- {x: 1}\n", [("yaml.tab", 3)]),
        ("name: a\nname: b\n", [("yaml.duplicate_key", 2)]),
        ("name: [a\npoints: 3\n", [("yaml.syntax", 2)]),
        ("", [("yaml.empty", None)]),
        (b"name: caf\xe9\n", [("yaml.not_utf8", None)]),
        (
            "points:\n  - {x: one}\n  - {z: 2}\n",
            [
                ("yaml.missing_key", 1),
                ("yaml.wrong_value", 2),
                ("yaml.missing_key", 3),
                ("yaml.unknown_key", 3),
            ],
        ),
    ],
)
def test_refuses(tmp_path: Path, source: str | bytes, expected: list[tuple[str, int | None]]) -> None:
    assert _problems(tmp_path, source) == expected


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_yaml(tmp_path / "none.yaml", _Drawing)
    assert [p.code for p in found.value.problems] == ["yaml.not_found"]


def test_takes_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "drawing.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: a\n")
    assert read_yaml(file, _Drawing).content.name == "a"
