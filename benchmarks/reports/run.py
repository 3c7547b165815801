"""Time each format of the demonstration's summary, and how much drawing figures once saves.

Usage: python benchmarks/reports/run.py [REPEATS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from evalkit import read_study
from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Block, Document, Draw, Figure, Shape
from evalkit.documents.drawing import svg_of
from evalkit.documents.figure_files import figure_files
from evalkit.documents.renderer import Renderer
from evalkit.registry import discover
from evalkit.reports.report import build_report
from evalkit.texts.text import LANGUAGES, Language, text_of

Make = Callable[[Document, Language], object]


def makers() -> dict[str, Make]:
    """Return what makes each format: those of one file, and figures as files."""
    renderers: list[Renderer] = list(discover("evalkit.documents.renderers", "RENDERER").values())
    return {renderer.extension: renderer.render for renderer in renderers} | {"png and svg": figure_files}


@dataclass(frozen=True)
class Marked:
    """Draw the same picture with a number inside: typst remembers what it has seen, byte by byte."""

    draw: Draw
    number: int

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        return self.draw(table, lang, shape).replace("</svg>", f"<!-- {self.number} --></svg>")


def fresh(document: Document, number: int) -> Document:
    """Return the document as one that was never written: its pictures and its title are new."""

    def anew(block: Block) -> Block:
        return replace(block, draw=Marked(block.draw, number)) if isinstance(block, Figure) else block

    parts = tuple(replace(part, blocks=tuple(map(anew, part.blocks))) for part in document.parts)
    return replace(document, parts=parts, headline=text_of(f"Document {number}"))


def seconds(document: Document, makes: list[Make]) -> float:
    """Return the time of one document in each of `makes`, a language."""
    start = time.perf_counter()
    for lang in LANGUAGES:
        for make in makes:
            make(document, lang)
    return (time.perf_counter() - start) / len(LANGUAGES)


def main(repeats: int) -> None:
    """Print the median seconds of a document in one language: alone, and after its figures were drawn."""
    with tempfile.TemporaryDirectory() as folder:
        demo = str(Path(folder) / "demo")
        subprocess.run([sys.executable, "-m", "evalkit.cli", "demo", demo], check=True, capture_output=True)
        document = build_report(read_study(demo))
    every, numbers = makers(), count()

    def once(makes: list[Make], before: list[Make]) -> float:
        new = fresh(document, next(numbers))
        seconds(new, before)
        return seconds(new, makes)

    once(list(every.values()), [])  # imports and fonts
    print("| format | alone | figures drawn already |\n|---|---|---|")
    for name, make in every.items():
        alone = statistics.median(once([make], []) for _ in range(repeats))
        after = statistics.median(once([make], [draw_all]) for _ in range(repeats))
        print(f"| {name} | {alone:.3f} s | {after:.3f} s |")
    three = [every[name] for name in ("html", "pdf", "docx")]
    together = statistics.median(once(three, []) for _ in range(repeats))
    apart = statistics.median(sum(once([make], []) for make in three) for _ in range(repeats))
    print(
        f"| html, pdf and docx | {together:.3f} s together | {apart / together:.1f} times that one by one |"
    )


def draw_all(document: Document, lang: Language) -> None:
    """Draw every figure for page and telephone."""
    for part in document.parts:
        for block in part.blocks:
            if isinstance(block, Figure):
                svg_of(block, lang, "wide"), svg_of(block, lang, "narrow")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
