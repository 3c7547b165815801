"""Write documents as files: one a language and format, several at a time when there are many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evalkit.documents.blocks import Document, tables_of
from evalkit.documents.figure_files import FORMATS, figure_files
from evalkit.documents.renderer import Renderer
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.registry import discover
from evalkit.reports.disclosing import write_log
from evalkit.texts.text import Language

RENDERERS = "evalkit.documents.renderers"
FOLDER = "reports"
# Below, starting processes takes longer than writing (benchmarks/reports).
MANY_FILES = 60


def formats() -> tuple[str, ...]:
    """Return the endings of the formats that a document can be written in."""
    return (*(renderer.extension for renderer in discover(RENDERERS, "RENDERER").values()), *FORMATS)


def write_report(document: Document, folder: Path, lang: Language, extension: str) -> Path:
    """Write a document in one language and one format.

    Parameters
    ----------
    folder : the study's `out/`; the file goes to `reports/{year}/{document}[-{site}].{lang}.{ext}` under it.
    extension : of a renderer; or `png` or `svg`, which give every figure as a file of its own, in the folder
        `{document}[-{site}].{lang}.figures`.

    Returns
    -------
    The file, or that folder.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    stem = folder / FOLDER / str(document.year) / f"{document.name}.{lang}"
    if extension in FORMATS:
        pictures = stem.with_name(f"{stem.name}.figures")
        for name, content in figure_files(document, lang, (extension,)).items():
            write_bytes(pictures / name, content)
        return pictures
    renderer: Renderer = {r.extension: r for r in discover(RENDERERS, "RENDERER").values()}[extension]
    file = stem.with_name(f"{stem.name}.{extension}")
    write_bytes(file, renderer.render(document, lang))
    return file


def write_reports(
    documents: Sequence[Document],
    folder: Path,
    languages: Sequence[Language],
    extensions: Sequence[str],
    *,
    processes: int = -1,
) -> Iterator[Path]:
    """Write every document in every language and format; give each file when it is written.

    Parameters
    ----------
    documents, folder, languages, extensions : as for `write_report`.
    processes : most processes at work when files are many; -1 for one a processor.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    jobs = [(d, folder, lang, ext) for d in documents for lang in languages for ext in extensions]
    if len(jobs) < MANY_FILES:
        yield from (write_report(*job) for job in jobs)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=processes, return_as="generator")(delayed(write_report)(*job) for job in jobs)


def write_suppressed(documents: Sequence[Document], folder: Path) -> Path:
    """Write which cells of a year's documents were hidden, and why, for the evaluators. Raises ProblemsFound.

    Parameters
    ----------
    documents : of one year.
    folder : the study's `out/`.
    """
    tables = (table for document in documents for table in tables_of(document))
    return write_log(tables, folder, documents[0].year)


def write_bytes(file: Path, content: bytes) -> None:
    """Write a file of a report. Raises ProblemsFound when the folder cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("report.not_writable", Place(file=str(file)), reason=reason)]) from None
