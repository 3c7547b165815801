"""The page stands alone, escapes what people wrote, and says what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from evalkit.documents.renderers.html import RENDERER, render
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language, Text
from tests.documents.sample import ATTACK, document


class Tags(HTMLParser):
    """Keep what the page holds, tag by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.found if tag in names]


@pytest.mark.parametrize(("lang", "code"), [("fr", "fr-CA"), ("en", "en-CA")])
def test_the_page_says_its_language(lang: Language, code: str) -> None:
    assert Tags(render(document(), lang)).all("html") == [{"lang": code}]


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    page = render(document(ATTACK, ATTACK), "en")
    assert not Tags(page).all("script")
    assert "&lt;script&gt;" in page
    style = page[page.index("<style>") + len("<style>") : page.index("</style>")]
    assert "<" not in style


def test_nothing_comes_from_elsewhere() -> None:
    page = render(document(), "fr")
    assert "http" not in page
    assert not re.search(r"@import|url\((?!#)", page)
    assert all(not attrs.get("src") for _, attrs in Tags(page).found)


def test_headings_stand_in_order_with_one_at_the_top() -> None:
    levels = [int(tag[1]) for tag, _ in Tags(render(document(), "fr")).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_id_is_used_once_and_every_reference_has_its_target() -> None:
    tags = Tags(render(document(), "fr"))
    ids = [attrs["id"] for _, attrs in tags.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = [name for _, a in tags.found for name in (a.get("aria-labelledby") or "").split()]
    wanted += [a["href"][1:] for a in tags.all("a", "use") if a.get("href")]  # type: ignore[index]
    assert set(wanted) <= set(ids)


def test_pictures_have_a_name_and_a_description() -> None:
    pictures = Tags(render(document(), "en")).all("svg")
    assert len(pictures) == 4
    assert all(p["role"] == "img" and len((p["aria-labelledby"] or "").split()) == 2 for p in pictures)


def test_a_hidden_cell_is_marked_and_explained() -> None:
    page = render(document(), "en")
    cells = re.findall(r"<td>(.*?)</td>", page)
    mark = phrase("documents.hidden_mark").say("en")
    assert [re.sub("<.*?>", "", cell) for cell in cells[::2]] == [mark, "31", mark, "61"]
    assert phrase("documents.hidden_note").say("en") in page


def test_tables_have_a_caption_and_scopes() -> None:
    tags = Tags(render(document(), "en"))
    assert len(tags.all("caption")) == len(tags.all("table")) == 1
    assert {attrs.get("scope") for attrs in tags.all("th")} == {"col", "row"}


def test_the_banner_stands_above_below_and_on_every_printed_page() -> None:
    page = render(document(banner="Not real"), "en")
    body = page[page.index("<body>") :]
    assert body.count("Not real") == 2
    assert "@top-center" in page
    assert "Not\\000020real" in page
    assert "@top-center" not in render(document(), "en")


def test_each_language_has_its_own_words() -> None:
    told = document()
    words = Text({"fr": "Bonjour", "en": "Hello"})
    told = replace(told, title=words, subtitle=words, headline=words)
    assert "Hello" not in render(told, "fr")
    assert "Bonjour" not in render(told, "en")


def test_large_type_is_larger() -> None:
    assert Tags(render(replace(document(), type_size="large"), "en")).all("html")[0]["class"] == "large"


def test_the_same_document_gives_the_same_bytes() -> None:
    assert RENDERER.render(document(), "fr") == RENDERER.render(document(), "fr")
