"""The page that lists all documents of a study by year, site and language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from evalkit.registry import discover
from evalkit.reports.report import DOCUMENTS, document_kinds
from evalkit.reports.writing import FOLDER, formats, write_bytes
from evalkit.study.study import Study
from evalkit.texts.numbers import LOCALES
from evalkit.texts.phrases import phrase, say
from evalkit.texts.text import Language

INDEX, TEMPLATE = "index.html", "index.html.j2"
TEXTS = "report.index"
FILE = re.compile(r"(?P<reader>[a-z]+)(-(?P<site>[A-Za-z0-9_-]+))?\.(?P<lang>[a-z]{2})\.(?P<ext>[a-z]+)")


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Hold one file of a report as its name tells: year, reader, site, language, format."""

    year: int
    reader: str
    site: str | None
    lang: Language
    extension: str
    href: str

    def words(self, lang: Language) -> str:
        """Return the words of its link."""
        document = phrase(f"{TEXTS}.reader.{self.reader}")
        language = phrase(f"{TEXTS}.language.{self.lang}")
        shown = phrase(f"{TEXTS}.file", document=document, language=language, format=self.extension.upper())
        return shown.say(lang)


def write_index(study: Study, folder: Path) -> Path:
    """Write the page that lists every report in `folder/reports`, those of earlier years too.

    Parameters
    ----------
    study : the study; sites stand in its order, never in that of their results.
    folder : the study's `out/`.

    Returns
    -------
    The page: HTML in the languages of the study, without a script (WCAG 2.2, level AA).
    """
    file = folder / FOLDER / INDEX
    write_bytes(file, index_page(study, report_files(study, folder)).encode("utf-8"))
    return file


def report_files(study: Study, folder: Path) -> tuple[ReportFile, ...]:
    """Return the reports in `folder/reports`: newest year first, the whole before its sites."""
    readers: list[str] = [kind.reader for kind in document_kinds()]
    sites = [None, *(site.id for site in study.sites)]
    languages, endings = list(study.languages), list(formats())
    known = [f for f in _found(folder / FOLDER) if f.site in sites and f.lang in languages]

    def place(file: ReportFile) -> tuple[int, ...]:
        order = (sites.index(file.site), readers.index(file.reader), languages.index(file.lang))
        return (-file.year, *order, endings.index(file.extension))

    return tuple(sorted(known, key=place))


def index_page(study: Study, files: tuple[ReportFile, ...]) -> str:
    """Return the page as HTML; the same files give the same bytes."""
    from jinja2 import Environment, StrictUndefined

    years: dict[int, dict[str | None, list[ReportFile]]] = {}
    for file in files:
        years.setdefault(file.year, {}).setdefault(file.site, []).append(file)
    source = (resources.files("evalkit.reports") / "templates" / TEMPLATE).read_text(encoding="utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
    return template.render(
        study=study,
        languages=study.languages,
        locales={lang: LOCALES[lang].replace("_", "-") for lang in study.languages},
        years=years,
        names={site.id: site.name for site in study.sites},
        banner=phrase("report.words.simulated") if study.file.simulated else None,
        say=say,
        ui=lambda key, lang: phrase(f"{TEXTS}.{key}").say(lang),
    )


def _found(folder: Path) -> Iterator[ReportFile]:
    """Give the files whose names are those of reports; what else lies there is left alone."""
    readers, endings = discover(DOCUMENTS, "DOCUMENT"), formats()
    for file in folder.glob("*/*.*"):
        name = FILE.fullmatch(file.name)
        if name and file.parent.name.isdigit() and name["reader"] in readers and name["ext"] in endings:
            lang: Language = "fr" if name["lang"] == "fr" else "en"
            if name["lang"] == lang:
                href = quote(f"{file.parent.name}/{file.name}")
                yield ReportFile(int(file.parent.name), name["reader"], name["site"], lang, name["ext"], href)
