"""What Markdown shows, by two parsers of it: that of GitHub, and one that finds more links."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from reports import CASES, HOSTILE, audited, full, hostile, multilabel, nothing_measured, texts

from labelaudit.privacy import published
from labelaudit.render import text
from labelaudit.render.markdown.card import to_card
from labelaudit.render.markdown.escape import code, prose
from labelaudit.render.markdown.summary import MOST_SUSPECTS, to_summary
from labelaudit.report import MeasureResult, Report, Sample, Status

EXTENSIONS = ["table", "autolink", "strikethrough", "tagfilter", "tasklist"]
MORE = (
    "@octocat",
    "#123",
    "owner/name#12",
    "GH-7",
    ":smile:",
    "a@b.example.com",
    "www.example.com",
    "https://example.com/a_b_c",
    "notes.md",
    "0123456789abcdef0123456789abcdef01234567",
    "$x^2$ and $`y`$",
    "| --- |",
    "a|b\\|c\\\\|d",
    "`code` ``two``",
    "*star* _under_ ~~through~~ __init__",
    "[link](https://example.com) ![picture](x.png)",
    "<!-- note --> <b>bold</b> &amp; &#64;",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "===",
    "---",
    "```",
    "{{ site.title }}{% raw %}",
    "first\n\n# second\r\n| a |",
    " spaced ",
    "",
    "mailto:a@b.example",
    "xmpp:a@b.example",
    "[issue:1] !4 &5 %6 ~bug $7",
)


def by_github(source: str) -> str:
    return str(
        cmarkgfm.markdown_to_html_with_extensions(
            source, options=Options.CMARK_OPT_UNSAFE, extensions=EXTENSIONS
        )
    )


def by_markdown_it(source: str) -> str:
    return str(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(source))


PARSERS = (by_github, by_markdown_it)
Parser = Callable[[str], str]
OWN = {
    "h2", "h3", "p", "strong", "code", "span", "table", "thead", "tbody", "tr", "th", "td", "ul",
    "li", "br", "details", "summary", "picture", "source", "img", "DOCUMENT_FRAGMENT",
}  # fmt: skip
# What sites find in a text after it was parsed, but for code.
SECOND_READING = re.compile(
    r"@\w|(?<![A-Za-z])#\d|\bGH-\d|:[a-z0-9_+-]+:|\b[0-9a-f]{7,40}\b|\$|https?:|www\.\w|[!&]\d|[~%]\w"
)


def parsed(page: str) -> Element:
    root: Element = html5lib.parseFragment(page, namespaceHTMLElements=False)
    return root


def words(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def outside_code(node: Element) -> Iterator[str]:
    """Yield the texts that a site reads a second time."""
    if node.tag != "code":
        yield node.text or ""
        for child in node:
            yield from outside_code(child)
            yield child.tail or ""


def written(report: Report) -> list[str]:
    return [to_summary(report), to_card(report)]


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_live_but_what_we_wrote(case: str, parse: Parser) -> None:
    for source in written(CASES[case]()):
        tree = parsed(parse(source))
        assert {node.tag for node in tree.iter()} <= OWN
        assert sum(node.tag == "h2" for node in tree.iter()) == 1
        assert sum(node.tag == "img" for node in tree.iter()) == source.count("<img ")
        for node in tree.iter():
            assert set(node.attrib) <= {"align", "style", "media", "srcset", "src", "width", "alt"}
        assert not [words for words in outside_code(tree) if SECOND_READING.search(words)]


def as_cell(written: str, parse: Parser) -> list[Element]:
    tree = parsed(parse(f"| a | b |\n| --- | --- |\n| {written} | {written} |\n"))
    cells = [node for node in tree.iter() if node.tag == "td"]
    assert len(cells) == 2
    return cells


def as_item(written: str, parse: Parser) -> list[Element]:
    items = [node for node in parsed(parse(f"- {written}\n")).iter() if node.tag == "li"]
    assert len(items) == 1
    return items


def as_heading(written: str, parse: Parser) -> list[Element]:
    return list(parsed(parse(f"## {written}\n")).iter("h2"))


PIECES = st.sampled_from(
    [
        *"`|\\*_~<>&#@:$!()[]{}+-=./'\" \t\n0a",
        "``",
        "~~",
        "__",
        "<b>",
        "<!--",
        "-->",
        "](",
        "://",
        "http://a.b",
        "www.",
        "a@b.co",
        ".md",
        "&#64;",
        "1. ",
        "- ",
        "//a.co",
        "mailto:",
        "\u202e",
    ]
)
NAMES = st.lists(PIECES | st.characters(), max_size=8).map("".join)


def shown_as_it_is(name: str) -> None:
    expected = " ".join(text.visible(name).split())
    for parse in PARSERS:
        for escape in (code, prose):
            for place in (as_cell, as_item, as_heading):
                for node in place(escape(name, 10**6), parse):
                    assert words(node) == expected
                    assert {each.tag for each in node.iter()} <= {node.tag, "code", "span"}
                    left = list(outside_code(node))
                    assert not [each for each in left if SECOND_READING.search(each)]


@pytest.mark.parametrize("name", HOSTILE + MORE)
def test_a_name_is_shown_as_it_is_in_every_place(name: str) -> None:
    shown_as_it_is(name)


@settings(max_examples=100, deadline=None)
@given(NAMES)
def test_any_name_is_shown_as_it_is_in_every_place(name: str) -> None:
    shown_as_it_is(name)


def test_the_parsers_would_find_what_is_not_escaped() -> None:
    source = "www.example.com <b>bold</b> @who"
    assert "<a " in by_github(source)
    assert "<a " in by_markdown_it(source)
    assert SECOND_READING.search("see @who")


def test_words_stay_readable_in_the_source() -> None:
    assert prose("3 of 50 neighbors are in ferret_2, i.e. 6 %.") == (
        "3 of 50 neighbors are in ferret_2, i.e. 6 %."
    )
    assert code("train/badger/IMG_4711.jpg") == "`train/badger/IMG_4711.jpg`"


def rows(source: str, heads: list[str]) -> list[list[str]]:
    """Return the rows of the table that has these heads."""
    for node in parsed(by_github(source)).iter():
        if node.tag == "table":
            found = [[words(cell) for cell in row] for row in node.iter("tr")]
            if found[0] == heads:
                return found[1:]
    return []


def test_the_rows_of_the_label_are_in_both_with_limit_and_verdict() -> None:
    heads = ["Measured", "Amount", "Beside", "Limit", "Verdict"]
    for source in written(full()):
        found = rows(source, heads)
        assert found[0] == ["Label errors", "4.12%", "range 2.87% to 5.61%", "≤ 5%", "! CHECK"]
        assert ["Contradictory duplicates", "3", "0.0499% of items", "0", "✕ FAIL"] in found
        assert ["Annotator agreement", "not measured", "", "", ""] in found


def test_the_summary_says_what_where_how_sure_and_what_to_do() -> None:
    tree = parsed(by_github(to_summary(full())))
    items = [words(node) for node in tree.iter() if node.tag == "li"]
    [alert] = [item for item in items if item.startswith("! CHECK 4.12% of the labels")]
    assert "(limit: ≤ 5%)" in alert
    assert "Where: heron: 5.81%; ferret: 5.45%; dingo: 4.87%." in alert
    assert "How sure: a model's estimate, and no audit" in alert
    assert "What to do: Judge a drawn sample with labelaudit review report.json" in alert


def test_what_is_not_measured_is_folded_with_its_reason() -> None:
    tree = parsed(by_github(to_summary(nothing_measured())))
    [folded] = [node for node in tree.iter() if node.tag == "details"]
    assert words(folded[0]) == "Not measured: 7 of 8 measures"
    assert "no item could be read" in words(folded)


def test_suspects_are_capped_and_counted() -> None:
    report = texts()
    found = rows(to_summary(report), ["Item", "Given", "Suggested", "Evidence"])
    assert len(found) == MOST_SUSPECTS
    assert "Reviewer 0 liked the ending." in found[len(HOSTILE)][0]
    n_samples = len(report.measures[0].galleries[0].samples)
    assert f"{n_samples - MOST_SUSPECTS} more suspects in" in to_summary(report)


def test_a_summary_is_small_whatever_the_report() -> None:
    long = "名|`<@x>" * 2000
    report = hostile()
    samples = tuple(
        Sample(path=long, given_label=long, suggested_label=long, detail=long, excerpt=long)
        for _ in range(200)
    )
    noise, *others = report.measures
    noise = replace(noise, galleries=(replace(noise.galleries[0], title=long, samples=samples),))
    broken = MeasureResult(name="", family=long, title=long, summary=long, status="failed")
    statuses: tuple[Status, ...] = ("failed", "not_measured")
    failed = [
        replace(broken, name=f"{status} {at}", status=status, reason=str(at) + long)
        for at in range(100)
        for status in statuses
    ]
    dataset = replace(report.dataset, name=long, splits={long + str(at): 1 for at in range(99)})
    report = replace(report, dataset=dataset, measures=(noise, *failed, *others))
    summary, card = written(report)
    assert len(summary.encode()) < 2**19
    assert len(card.encode()) < 2**14


def test_a_card_shows_no_item() -> None:
    card = to_card(full())
    assert "IMG_4711" not in card
    assert "IMG_4711" in to_summary(full())
    assert card.count("\n") < 45


def test_a_summary_for_the_public_names_no_table_of_items() -> None:
    public = to_summary(published(full(), "public"))
    assert "IMG_4711" not in public
    assert "item by item" not in public
    assert "item by item" in to_summary(full())


def test_a_card_names_the_pictures_and_says_what_they_show() -> None:
    [picture] = parsed(by_github(to_card(audited()))).iter("picture")
    assert [node.get("srcset") or node.get("src") for node in picture] == [
        "label-dark.svg",
        "label.svg",
        "label.png",
    ]
    assert "label errors 3.12%" in picture[-1].get("alt", "")


def test_the_same_report_makes_the_same_card() -> None:
    assert to_card(multilabel()) == to_card(multilabel())
    assert to_card(full()) != to_card(audited())
