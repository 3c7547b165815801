"""What people add to the reports of a study: `report.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import StringConstraints

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error, warning
from evalkit.registry import discover
from evalkit.study.consent import read_consents, refusal_of
from evalkit.study.study import Study
from evalkit.texts.text import Text
from evalkit.yaml_files import Model, YamlFile, read_yaml

REPORT_FILE = "report.yaml"
SECTIONS, DOCUMENTS = "evalkit.reports.sections", "evalkit.reports.documents"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Written(Model):
    """Hold words in the languages of the study."""

    fr: Words | None = None
    en: Words | None = None

    @property
    def text(self) -> Text:
        """Return the words as a text."""
        return Text({lang: words for lang, words in (("fr", self.fr), ("en", self.en)) if words})


class Decision(Written):
    """Hold a decision that was taken from results: in which year, and what came of it."""

    year: int
    came_of_it: Text | None = None
    site: str | None = None


class Quotation(Written):
    """Hold words of someone who agreed to be quoted.

    Parameters
    ----------
    year : of the report that it stands in.
    consent : id of the recorded consent to quote.
    who : the person in general words, such as "a resident": never a name.
    site : of the pages that it stands in, beside those of the whole study; none by default.
    """

    year: int
    consent: str
    who: Text
    site: str | None = None


class Paragraph(Written):
    """Hold a paragraph of the evaluators.

    Parameters
    ----------
    document : reader in whose document it stands.
    section : id of the section that it ends.
    site : of the pages that it stands in; by default those of the whole study.
    year : of the report that it stands in; by default every year.
    """

    document: str
    section: str
    site: str | None = None
    year: int | None = None


class Additions(Model):
    """Hold what `report.yaml` says.

    Parameters
    ----------
    contact : whom to ask, as sentences.
    """

    decisions: tuple[Decision, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    contact: Text | None = None


def read_additions(study: Study) -> Additions:
    """Read what people have added to the reports of a study; nothing when there is no `report.yaml`.

    Raises
    ------
    ProblemsFound : all problems of the file together: what YAML and its types do not allow, a language that
        is missing, an unknown document, section, site or year, a quotation without a recorded consent.
    """
    path = study.folder / REPORT_FILE
    if not path.is_file():
        return Additions()
    yaml = read_yaml(path, Additions)
    problems = [
        *_language_problems(yaml, study),
        *_place_problems(yaml, study),
        *_consent_problems(yaml, study),
    ]
    if problems:
        raise ProblemsFound(problems)
    return yaml.content


def contact_problems(study: Study) -> tuple[Problem, ...]:
    """Return a warning when nobody is named whom readers can ask. Raises ProblemsFound."""
    if read_additions(study).contact is not None:
        return ()
    return (warning("report.no_contact", Place(file=str(study.folder / REPORT_FILE))),)


def _language_problems(yaml: YamlFile[Additions], study: Study) -> Iterator[Problem]:
    added = yaml.content
    texts: list[tuple[Text, tuple[str | int, ...]]] = [(p.text, (block, n)) for block, n, p in _parts(added)]
    texts += [
        (d.came_of_it, ("decisions", n, "came_of_it")) for n, d in enumerate(added.decisions) if d.came_of_it
    ]
    texts += [(quotation.who, ("quotations", n, "who")) for n, quotation in enumerate(added.quotations)]
    texts += [(added.contact, ("contact",))] if added.contact else []
    for text, keys in texts:
        for lang in text.missing(study.languages):
            yield error("additions.missing_language", yaml.place(*keys), language=lang)


def _place_problems(yaml: YamlFile[Additions], study: Study) -> Iterator[Problem]:
    years = [wave.year for wave in study.waves]
    for block, n, part in _parts(yaml.content):
        if part.site is not None and part.site not in study.sites_by_id:
            yield _unknown("site", part.site, study.sites_by_id, yaml.place(block, n, "site"))
        if not isinstance(part, Decision) and part.year is not None and part.year not in years:
            yield _unknown("year", str(part.year), map(str, years), yaml.place(block, n, "year"))
    documents = discover(DOCUMENTS, "DOCUMENT")
    for n, part in enumerate(yaml.content.paragraphs):
        if part.document not in documents:
            yield _unknown("document", part.document, documents, yaml.place("paragraphs", n, "document"))
            continue
        scope = "whole" if part.site is None else "site"
        sections = [s.id for s in discover(SECTIONS, "SECTION").values() if s.stands_in(part.document, scope)]
        if part.section not in sections:
            yield _unknown("section", part.section, sections, yaml.place("paragraphs", n, "section"))


def _consent_problems(yaml: YamlFile[Additions], study: Study) -> Iterator[Problem]:
    if not yaml.content.quotations:
        return
    consents = read_consents(study)
    for n, quotation in enumerate(yaml.content.quotations):
        refusal = refusal_of(consents, quotation.consent, "quote", yaml.place("quotations", n, "consent"))
        if refusal is not None:
            yield refusal


def _parts(added: Additions) -> Iterator[tuple[str, int, Any]]:
    for block in ("decisions", "quotations", "paragraphs"):
        for n, part in enumerate(getattr(added, block)):
            yield block, n, part


def _unknown(what: str, found: str, known: Iterable[str], where: Place) -> Problem:
    return error(f"additions.unknown_{what}", where, found=found, known=", ".join(known))
