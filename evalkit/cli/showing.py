"""What commands print: sentences, problems, tables, and the same facts for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from evalkit.problems import Problem
    from evalkit.texts.phrases import Phrase
    from evalkit.texts.text import Language

EXAMPLES_SHOWN = 3
STYLE = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def command_language() -> Language:
    """Return the language of the terminal: `EVALKIT_LANG` when it says fr, else English."""
    return "fr" if os.environ.get("EVALKIT_LANG", "").lower().startswith("fr") else "en"


def tell(key: str, **values: Any) -> None:
    """Print one sentence of `texts/<lang>/commands/`, such as `tell("new.made", folder=path)`."""
    from evalkit.texts.phrases import phrase

    sentence = phrase(f"commands.{key}", **values).say(command_language())
    _console().print(sentence, highlight=False, markup=False, soft_wrap=True)


def show_sentences(sentences: Iterable[Phrase]) -> None:
    """Print sentences, one a line."""
    lang = command_language()
    for sentence in sentences:
        _console().print(f"  {sentence.say(lang)}", highlight=False, markup=False, soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Print a table; numbers as the language writes them."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from evalkit.texts.phrases import say

    lang = command_language()
    table = Table(
        title=title,
        title_justify="left",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for column in columns:
        table.add_column(escape(column))
    for row in rows:
        table.add_row(*("" if value is None else escape(say(value, lang)) for value in row))
    _console().print(table)


def show_facts(facts: Mapping[str, Any]) -> None:
    """Print facts as JSON on standard output, for `--json`."""
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))


def show_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, grouped by kind: how many, the first ones, what to do."""
    from evalkit.problems import group_problems
    from evalkit.texts.phrases import phrase

    lang, console = command_language(), _console(stderr=True)
    for group in group_problems(problems, EXAMPLES_SHOWN):
        heading = phrase(f"commands.problems.{group.severity}", count=group.count).say(lang)
        console.print(f"{heading} ({group.code})", style=STYLE[group.severity], highlight=False, markup=False)
        for problem in group.examples:
            where, what = problem.where.say(lang), problem.what(lang)
            sentence = phrase("commands.problems.at", where=where, what=what).say(lang) if where else what
            console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)
        if group.count > len(group.examples):
            more = phrase("commands.problems.more", count=group.count - len(group.examples)).say(lang)
            console.print(f"  {more}", highlight=False, markup=False)
        console.print(f"  → {group.examples[0].do(lang)}", highlight=False, markup=False, soft_wrap=True)


@contextmanager
def problems_shown(*, as_json: bool = False) -> Iterator[None]:
    """Turn `ProblemsFound` into a readable report and exit code 1; never a traceback for a user's mistake."""
    from evalkit.errors import ProblemsFound

    try:
        yield
    except ProblemsFound as found:
        if as_json:
            show_facts({"problems": [problem.facts(command_language()) for problem in found.problems]})
        else:
            show_problems(found.problems)
        raise typer.Exit(1) from None


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a progress bar on a terminal; silent when the output goes elsewhere."""
    from rich.progress import Progress

    with Progress(console=_console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        yield progress


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr)
