"""What the papers state, on the page: every topic, its source, and no link but a safe one."""

from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HOSTILE, full

from labelaudit.render.html import to_html
from labelaudit.render.stated import folded, is_safe, pieces, topics
from labelaudit.report import TOPICS, Report, Statement

XHTML = "{http://www.w3.org/1999/xhtml}"
KNOWN = {
    *("section", "h2", "p", "dl", "div", "dt", "dd", "bdi", "strong"),
    *("details", "summary", "span"),
}
LONG = "One sentence of some words. " * 20


def with_statements(*statements: Statement, unread: tuple[str, ...] = ()) -> Report:
    report = full()
    facts = replace(report.dataset, statements=statements, unread_papers=unread)
    return replace(report, dataset=facts)


def section(report: Report) -> Element:
    document = html5lib.parse(to_html(report))
    sections: list[Element] = list(document.iter(f"{XHTML}section"))
    (found,) = (each for each in sections if each.get("id") == "statements")
    return found


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def rows(report: Report) -> dict[str, str]:
    divs = section(report).iter(f"{XHTML}div")
    return {topic: words_of(div) for div in divs if (topic := div.get("data-topic"))}


def unstated(report: Report) -> dict[str, str]:
    spans = section(report).iter(f"{XHTML}span")
    return {topic: words_of(span) for span in spans if (topic := span.get("data-unstated"))}


def test_topics_that_nothing_states_are_printed_as_such_in_one_line() -> None:
    report = with_statements()
    assert (rows(report), unstated(report)) == ({}, dict(TOPICS))
    assert f"Not stated: {', '.join(TOPICS.values())}." in words_of(section(report))
    some = with_statements(Statement(topic="citation", text="A", source="c"))
    assert (*rows(some), *unstated(some)) == ("citation", *list(TOPICS)[:-1])


def test_every_topic_is_printed_with_its_source() -> None:
    said = [
        Statement(topic=t, text=f"So it is with {t}.", source=f"README.md: {t}") for t in TOPICS
    ]
    found = rows(with_statements(*reversed(said)))
    for topic, title in TOPICS.items():
        assert found[topic] == f"{title} So it is with {topic}. README.md: {topic}"
    assert "12 of 12 topics are stated" in words_of(section(with_statements(*said)))


def test_a_long_text_is_there_as_a_whole_without_scripts() -> None:
    found = rows(with_statements(Statement(topic="collection", text=LONG, source="c")))
    assert found["collection"].replace("The rest of: Collection ", "").split() == [
        "Collection",
        *LONG.split(),
        "c",
    ]


def test_papers_that_were_not_read_are_told_of() -> None:
    report = with_statements(unread=("README.md: is not UTF-8",))
    assert "Not read: README.md: is not UTF-8" in words_of(section(report))


def test_hostile_texts_make_no_element() -> None:
    start = [HOSTILE[:12], HOSTILE[1:]]
    for texts in start:
        said = [
            Statement(topic=topic, text=text, source=text)
            for topic, text in zip(TOPICS, texts, strict=True)
        ]
        shown = section(with_statements(*said, unread=texts))
        tags = {str(element.tag).removeprefix(XHTML) for element in shown.iter()}
        assert tags <= KNOWN
        attributes = {name for element in shown.iter() for name in element.keys()}  # noqa: SIM118
        assert attributes <= {"id", "class", "dir", "data-topic"}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/a_(b).", ["https://example.org/a_"]),
        (
            "(https://example.org), https://example.org/x?y=1&z=2#f!",
            ["https://example.org", "https://example.org/x?y=1&z=2#f"],
        ),
        ("http://example.org javascript:alert(1) data:text/html,x //example.org", []),
        ("https://user@example.org https://user:pass@example.org", []),
        ("https://example.org:8443/ https://localhost/x https://[::1]/", []),
        ("https://ехample.org", []),  # noqa: RUF001 - a host that is not what it looks like
        ("HTTPS://EXAMPLE.ORG", []),
        ("https://example.org\u202e/gro", ["https://example.org"]),
        ('https://example.org/"onclick="x', ["https://example.org/"]),
        ("https://example.org:x/", []),
    ],
)
def test_only_plain_https_addresses_are_links(text: str, links: list[str]) -> None:
    assert [piece.address for piece in pieces(text) if piece.address] == links


def test_a_link_shows_where_it_leads() -> None:
    text = "At https://example.org/?a=1&b=<2> and http://example.org."
    report = with_statements(Statement(topic="homepage", text=text, source="c"))
    (link,) = section(report).iter(f"{XHTML}a")
    assert link.get("href") == words_of(link) == "https://example.org/?a=1&b="
    assert text in rows(report)["homepage"]


@given(st.text(st.sampled_from("https:/.example@[]?#%&' é\u202e"), max_size=60))
def test_pieces_are_the_text_and_their_addresses_are_safe(text: str) -> None:
    found = pieces(f"https://{text}")
    assert "".join(piece.text for piece in found) == f"https://{text}"
    for piece in found:
        if piece.address:
            assert piece.address == piece.text
            assert piece.address.isascii()
            assert urlsplit(piece.address).scheme == "https"
            assert is_safe(piece.address)


@given(st.text(st.sampled_from("ab. "), max_size=800))
def test_folding_loses_no_word(text: str) -> None:
    start, rest = folded(text)
    assert (start + rest).replace(" ", "") == text.replace(" ", "")
    assert len(start) <= 320


def test_what_a_report_states_is_in_the_order_of_the_topics() -> None:
    report = with_statements(
        Statement(topic="citation", text="B", source="s"),
        Statement(topic="version", text="A", source="s"),
    )
    assert [each.topic for each in topics(report)] == list(TOPICS)
    assert [each.topic for each in topics(report) if each.start] == ["version", "citation"]
